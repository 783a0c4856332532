// The policy in force takes the place of another: what that one's apps still have ends, each on its server's own list.
export async function withdraw(policy, former, stores, now) {
  const { withdrawals } = policy.withdrawals({ former, idp: 'https://idp.example', now });
  for (const { server, entries } of withdrawals) await stores[server ?? 'idp'].revoke(entries, now);
}
