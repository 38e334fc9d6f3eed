import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { LOCALE_NAMES, LOCALES } from "#app/i18n/locale.ts";

interface FieldProps {
  label: string;
  hint?: string;
  value: string;
  error: string | undefined;
}

/** The field `locale`: our languages, each by its own name. */
export function LocaleSelect({ value, ...field }: FieldProps) {
  return (
    <Field {...field}>
      <Select name="locale" defaultValue={value} options={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))} />
    </Field>
  );
}

/** The field `timezone`. The names come from the loader, since browsers know other ones than the server. */
export function TimezoneSelect({ value, timezones, ...field }: FieldProps & { timezones: readonly string[] }) {
  return (
    <Field {...field}>
      <Select
        name="timezone"
        dir="ltr"
        defaultValue={value}
        options={timezones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
      />
    </Field>
  );
}
