/** A secret by its name, and whose it is. */
export function SecretName({ field, account, providerName }: { field: string; account: string; providerName: string }) {
  return (
    <span className="grid min-w-0 justify-items-start">
      <code dir="ltr" className="font-mono text-[0.8125rem]">
        {field}
      </code>
      <span className="text-xs font-normal text-ink-faint [overflow-wrap:anywhere]">
        <bdi>{account}</bdi> · {providerName}
      </span>
    </span>
  );
}
