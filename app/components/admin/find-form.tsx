import { Form } from "@remix-run/react";
import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "#app/components/ui/button.tsx";
import { Input } from "#app/components/ui/input.tsx";

/** One field for any id: of a run, a client, a request. A GET form, so that it works without scripts. */
export function FindForm() {
  const { t } = useTranslation("admin");
  return (
    <search className="min-w-0 flex-1 lg:max-w-sm">
      <Form method="get" action="/admin/find" className="flex gap-2">
        <Input
          type="search"
          name="id"
          required
          maxLength={200}
          aria-label={t("find.label")}
          placeholder={t("find.placeholder")}
          autoComplete="off"
          spellCheck={false}
          className="min-w-0 flex-1"
        />
        <Button type="submit" variant="ghost" aria-label={t("find.submit")}>
          <Search aria-hidden />
        </Button>
      </Form>
    </search>
  );
}
