import { Callout } from "#app/components/ui/callout.tsx";
import type { FormFailure } from "#app/form-errors.ts";

/** Why a form as a whole was not done; announced at once. */
export function FormMessage({ failure }: { failure: FormFailure | undefined }) {
  if (!failure?.message) return null;
  return <Callout tone="danger" title={failure.message} />;
}
