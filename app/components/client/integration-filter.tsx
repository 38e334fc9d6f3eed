import { Form } from "@remix-run/react";
import { Search } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("accounts");

export const SHOWN = ["all", "connected", "attention", "free"] as const;
export type Shown = (typeof SHOWN)[number];
const LABELS = { all: "showAll", connected: "showConnected", attention: "showAttention", free: "showFree" } as const;

/** Which providers are shown: a GET form, so that it works without JavaScript and what was asked for has an address. */
export function IntegrationFilter({ q, show }: { q: string; show: Shown }) {
  const t = useWords();
  return (
    <search>
      <Form key={`${q} ${show}`} method="get" className="mb-6 flex flex-wrap items-end gap-3">
        <Field label={t("accounts.search")} className="min-w-40 flex-1 sm:max-w-72">
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
        <Field label={t("accounts.show")} className="min-w-40 flex-1 sm:max-w-52">
          <Select
            name="show"
            required={false}
            defaultValue={show}
            options={SHOWN.map((value) => ({ value, label: t(`accounts.${LABELS[value]}`) }))}
          />
        </Field>
        <div className="flex gap-2">
          <Button type="submit">
            <Search aria-hidden />
            {t("accounts.apply")}
          </Button>
          {(q !== "" || show !== "all") && (
            <Button asChild variant="ghost">
              <Link to=".">{t("accounts.clear")}</Link>
            </Button>
          )}
        </div>
      </Form>
    </search>
  );
}
