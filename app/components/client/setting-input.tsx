import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { Textarea } from "#app/components/ui/textarea.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Setting } from "#app/setting-form.ts";

const useWords = wordsOf("accounts");

/** One field of a job's settings, drawn from the job's own schema; see `sentConfig` for what its form sends. */
export function SettingInput({ field, failure, disabled }: { field: Setting; failure: FormFailure | undefined; disabled: boolean }) {
  const t = useWords();
  const { locale, region } = useDisplay();
  const { name, type, label, hint, minimum, maximum, value } = field;
  if (type === "group") {
    return (
      <fieldset className="grid gap-4 border-s border-line ps-4">
        <legend className="contents">
          <span className="text-[0.8125rem] font-medium text-ink">{label[locale]}</span>
        </legend>
        {hint && <p className="text-[0.8125rem] text-ink-faint">{hint[locale]}</p>}
        {field.fields.map((inner) => (
          <SettingInput key={inner.name} field={inner} failure={failure} disabled={disabled} />
        ))}
      </fieldset>
    );
  }
  if (type === "boolean") {
    return (
      <Checkbox name={name} value="1" defaultChecked={value === true} disabled={disabled} label={label[locale]} hint={hint?.[locale]} />
    );
  }
  const range =
    minimum !== null && maximum !== null
      ? t("accounts.settingsRange", { from: minimum.toLocaleString(region), to: maximum.toLocaleString(region) })
      : null;
  const lines = type === "list" ? t("accounts.settingsLines") : null;
  return (
    <Field label={label[locale]} hint={[hint?.[locale], range, lines].filter(Boolean).join(" ")} error={failure?.fields[name]}>
      <SettingControl field={field} given={failure?.values[name]} disabled={disabled} />
    </Field>
  );
}

function SettingControl({ field, given, disabled }: { field: Setting; given: string | undefined; disabled: boolean }) {
  const { locale } = useDisplay();
  const { name, type, choices, minimum, maximum, value } = field;
  if (type === "choice") {
    const options = choices.map((choice) => ({ value: choice.value, label: choice.label[locale] }));
    return <Select name={name} options={options} defaultValue={given ?? String(value ?? "")} disabled={disabled} className="sm:max-w-80" />;
  }
  if (type === "list") {
    const lines = given ?? (Array.isArray(value) ? value.join("\n") : "");
    return <Textarea name={name} rows={4} defaultValue={lines} disabled={disabled} className="sm:max-w-60" />;
  }
  return (
    <Input
      name={name}
      type={type === "text" ? "text" : "number"}
      dir={type === "text" ? "auto" : undefined}
      step={type === "number" ? "any" : undefined}
      min={minimum ?? undefined}
      max={maximum ?? undefined}
      defaultValue={given ?? String(value ?? "")}
      disabled={disabled}
      className={type === "text" ? "sm:max-w-60" : "sm:max-w-40"}
    />
  );
}
