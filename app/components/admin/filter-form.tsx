import { Form, useLocation, useNavigation } from "@remix-run/react";
import { ListFilter } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("admin");

/** The fields that narrow a list: a GET form, so that what was asked for stands in the address. `active` when something is. */
export function FilterForm({ active, children }: { active: boolean; children: ReactNode }) {
  const t = useWords();
  const { pathname, search } = useLocation();
  const { state, location } = useNavigation();
  return (
    <search>
      {/* The fields begin anew with each address, so that "clear" clears them and "back" brings them back. */}
      <Form
        key={search}
        method="get"
        className="mb-4 grid grid-cols-2 gap-3 sm:flex sm:flex-wrap sm:items-end [&>div]:min-w-0 sm:[&>div]:w-44"
      >
        {children}
        <span className="col-span-full flex gap-2 self-end">
          <Button type="submit" pending={state === "loading" && location.pathname === pathname && location.search !== search}>
            <ListFilter aria-hidden />
            {t("filter.apply")}
          </Button>
          {active && (
            <Button asChild variant="ghost">
              <Link to={pathname}>{t("filter.clear")}</Link>
            </Button>
          )}
        </span>
      </Form>
    </search>
  );
}
