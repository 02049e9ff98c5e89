/** "just now", "2 min ago", "3 h ago", "5 days ago", and the date after thirty days. A clock ahead of ours reads as now. */
export function sayAgo(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days <= 30) return days === 1 ? 'yesterday' : `${days} days ago`;
  return at.toISOString().slice(0, 10);
}
