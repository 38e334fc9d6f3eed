import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("admin");

/** Narrows a list to one client, by its id. */
export function ClientFilter({ value }: { value: string | undefined }) {
  const t = useWords();
  return (
    <Field label={t("filter.client")}>
      <Input name="client" required={false} maxLength={80} placeholder="acme" autoCapitalize="none" dir="ltr" defaultValue={value} />
    </Field>
  );
}
