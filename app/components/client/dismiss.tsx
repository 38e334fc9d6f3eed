import { useFetcher } from "@remix-run/react";
import { X } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Hint } from "#db/words/tenants.ts";

/** Puts away what the page proposes or explains: for this person, in this client, for good. */
export function Dismiss({ hint, label }: { hint: Hint; label: string }) {
  const { base } = useTenant();
  const { Form } = useFetcher();
  return (
    <Form method="post" action={`${base}?index`}>
      <input type="hidden" name="hint" value={hint} />
      <Button type="submit" changes size="sm" variant="ghost">
        <X aria-hidden />
        {label}
      </Button>
    </Form>
  );
}
