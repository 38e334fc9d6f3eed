import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import type { Refusals } from "#app/decide-actions.ts";
import type { FormFailure } from "#app/form-errors.ts";

/** What a list's form came to, where it did not do all of it. */
export function DecidedNotice({ answer }: { answer: Refusals | FormFailure | undefined }) {
  if (!answer) return null;
  if (!("reasons" in answer)) {
    return (
      <div className="mb-4 empty:hidden">
        <FormMessage failure={answer} />
      </div>
    );
  }
  const { decided, title, reasons } = answer;
  return (
    <Callout tone={decided === null ? "danger" : "warn"} title={decided === null ? title : `${decided} ${title}.`} className="mb-4">
      {reasons.length === 1 ? (
        reasons[0]
      ) : (
        <ul className="list-disc ps-4.5">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </Callout>
  );
}
