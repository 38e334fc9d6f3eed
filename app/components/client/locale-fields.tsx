import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { LOCALE_NAMES, LOCALES } from "#app/i18n/locale.ts";
import { currenciesInUse } from "#server/catalog/currencies.ts";

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

/**
 * The field `timezone`. The names come from the loader, since browsers know other ones than the server. `unpicked` is what the empty
 * value says, where nobody has to pick one.
 */
export function TimezoneSelect({ value, timezones, unpicked, ...field }: FieldProps & { timezones: readonly string[]; unpicked?: string }) {
  return (
    <Field {...field}>
      <Select
        name="timezone"
        // Browsers take an empty first option for no answer.
        required={unpicked === undefined}
        defaultValue={value}
        options={[
          ...(unpicked === undefined ? [] : [{ value: "", label: unpicked }]),
          ...timezones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
        ]}
      />
    </Field>
  );
}

/** The field `currency`: codes of ISO 4217 that are in use, the one that stands though it be withdrawn, and `unpicked` for the empty value, where nobody has to pick one. */
export function CurrencySelect({ value, unpicked, ...field }: FieldProps & { unpicked?: string }) {
  const codes = value === "" || currenciesInUse.includes(value) ? currenciesInUse : [value, ...currenciesInUse];
  return (
    <Field {...field}>
      <Select
        name="currency"
        required={unpicked === undefined}
        defaultValue={value}
        options={[
          ...(unpicked === undefined ? [] : [{ value: "", label: unpicked }]),
          ...codes.map((code) => ({ value: code, label: code })),
        ]}
      />
    </Field>
  );
}
