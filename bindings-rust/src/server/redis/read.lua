local series = redis.call('HGET', KEYS[3], 'series') or ''
local last = redis.call('HGET', KEYS[3], 'sequence') or '0'
local kept = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3]) or '0')
local from = ARGV[1] == series and kept >= tonumber(ARGV[2]) and ARGV[2] or '0'
local entries = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[4]))
return {series, last, entries}
