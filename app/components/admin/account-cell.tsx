import { NameAndNote } from "#app/components/ui/name-and-note.tsx";

/** An account under its provider's name, as the head of a row. */
export function AccountCell({ name, providerName }: { name: string; providerName: string }) {
  return (
    <NameAndNote note={providerName}>
      <bdi>{name}</bdi>
    </NameAndNote>
  );
}
