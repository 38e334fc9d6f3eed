import { NameAndNote } from "#app/components/ui/name-and-note.tsx";

/** A secret by its name, and whose it is. */
export function SecretName({ field, account, providerName }: { field: string; account: string; providerName: string }) {
  return (
    <NameAndNote
      note={
        <>
          <bdi>{account}</bdi> · {providerName}
        </>
      }
    >
      <code dir="ltr" className="font-mono text-[0.8125rem]">
        {field}
      </code>
    </NameAndNote>
  );
}
