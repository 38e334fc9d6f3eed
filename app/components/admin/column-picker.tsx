import { Form, useLocation } from "@remix-run/react";
import { Columns3 } from "lucide-react";
import { CHOICES, type ChosenTable, type ColumnOf } from "#app/columns.ts";
import { Button } from "#app/components/ui/button.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("admin");

/** Which columns a table shows. On a phone rows are cards, and it is not there. */
export function ColumnPicker<T extends ChosenTable>({
  table,
  labels,
  shown,
}: {
  table: T;
  labels: Readonly<Record<ColumnOf<T>, string>>;
  shown: readonly ColumnOf<T>[];
}) {
  const t = useWords();
  const { pathname, search } = useLocation();
  const all: readonly ColumnOf<T>[] = CHOICES[table].all;
  return (
    <div className="mb-4 shrink-0 self-end max-sm:hidden">
      <DropdownMenu
        align="end"
        triggerClassName="inline-flex h-9 items-center gap-2 border border-line-strong bg-hover px-3.5 text-sm font-medium text-ink hover:border-line-control"
        trigger={
          <>
            <Columns3 aria-hidden className="size-4" />
            {t("columns.title")}
          </>
        }
      >
        <Form key={shown.join()} method="post" action="/columns" preventScrollReset className="grid gap-2.5 p-2.5">
          <input type="hidden" name="table" value={table} />
          <input type="hidden" name="returnTo" value={`${pathname}${search}`} />
          {all.map((column) => (
            <Checkbox key={column} name="columns" value={column} label={labels[column]} defaultChecked={shown.includes(column)} />
          ))}
          <Button type="submit" size="sm" className="mt-1">
            {t("columns.apply")}
          </Button>
        </Form>
      </DropdownMenu>
    </div>
  );
}
