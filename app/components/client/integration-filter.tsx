import { FilterForm } from "#app/components/find/filter-form.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("accounts");

export const SHOWN = ["all", "connected", "attention", "free"] as const;
export type Shown = (typeof SHOWN)[number];
const LABELS = { all: "showAll", connected: "showConnected", attention: "showAttention", free: "showFree" } as const;

/** Which providers are shown. */
export function IntegrationFilter({ q, show }: { q: string; show: Shown }) {
  const t = useWords();
  return (
    <FilterForm active={q !== "" || show !== "all"} className="mb-6">
      <Field label={t("accounts.search")} className="sm:w-72!">
        <Input
          type="search"
          name="q"
          required={false}
          defaultValue={q}
          maxLength={60}
          placeholder={t("accounts.searchPlaceholder")}
          autoComplete="off"
        />
      </Field>
      <Field label={t("accounts.show")}>
        <Select
          name="show"
          required={false}
          defaultValue={show === "all" ? "" : show}
          options={SHOWN.map((value) => ({ value: value === "all" ? "" : value, label: t(`accounts.${LABELS[value]}`) }))}
        />
      </Field>
    </FilterForm>
  );
}
