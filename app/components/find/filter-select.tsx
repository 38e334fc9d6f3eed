import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";

/** One choice of a `FilterForm`; `any` names the empty one, which leaves it open. */
export function FilterSelect({
  name,
  label,
  value,
  any,
  options,
}: {
  name: string;
  label: string;
  value: string | undefined;
  any: string;
  options: readonly { value: string; label: string }[];
}) {
  return (
    <Field label={label}>
      <Select name={name} required={false} defaultValue={value ?? ""} options={[{ value: "", label: any }, ...options]} />
    </Field>
  );
}
