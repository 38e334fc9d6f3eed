/** An account under its provider's name, as the head of a row. */
export function AccountCell({ name, providerName }: { name: string; providerName: string }) {
  return (
    <span className="grid min-w-0 justify-items-start">
      <bdi className="[overflow-wrap:anywhere]">{name}</bdi>
      <span className="text-xs font-normal text-ink-faint">{providerName}</span>
    </span>
  );
}
