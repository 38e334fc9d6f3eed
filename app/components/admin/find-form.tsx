import { Form } from "@remix-run/react";
import { Search } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("admin");

/** One field for any id: of a run, a client, a request. A GET form, so that it works without scripts. */
export function FindForm({ id, className }: { id?: string; className?: string }) {
  const t = useWords();
  return (
    <search className={className}>
      <Form method="get" action="/admin/find" className="flex gap-2">
        <Input
          type="search"
          name="id"
          required
          maxLength={200}
          defaultValue={id}
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

/** In the top bar: the form, or on a phone, which has no room for it, the way to the page that has it. */
export function FindInBar() {
  const t = useWords();
  return (
    <div className="flex min-w-0 flex-1 justify-end sm:block lg:max-w-sm">
      <FindForm className="hidden sm:block" />
      <Button asChild variant="ghost" className="sm:hidden">
        <Link to="/admin/find" aria-label={t("find.label")}>
          <Search aria-hidden />
        </Link>
      </Button>
    </div>
  );
}
