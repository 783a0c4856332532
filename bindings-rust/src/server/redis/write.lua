local series = ARGV[1]
if redis.call('HSETNX', KEYS[3], 'series', series) == 0 then series = redis.call('HGET', KEYS[3], 'series') end
for index = 4, #ARGV, 2 do
  local sequence = redis.call('HINCRBY', KEYS[3], 'sequence', 1)
  redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index + 1])
  redis.call('ZADD', KEYS[2], sequence, ARGV[index + 1])
end
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 1000)
if #gone > 0 then
  redis.call('ZREM', KEYS[1], unpack(gone))
  redis.call('ZREM', KEYS[2], unpack(gone))
end
redis.call('PUBLISH', ARGV[3], series)
return series
