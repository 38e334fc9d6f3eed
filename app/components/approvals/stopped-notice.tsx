import { Form } from "@remix-run/react";
import { OctagonX, Play } from "lucide-react";
import { Callout } from "#app/components/ui/callout.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("approvals");

/** Says that nothing is done for a client now. `resumes`: whether whoever reads may end it; `action`: the page that does. */
export function StoppedNotice({
  stopped,
  stoppedForAll,
  resumes,
  action,
}: {
  stopped: boolean;
  stoppedForAll: boolean;
  resumes: boolean;
  action: string;
}) {
  const t = useWords();
  if (!stopped) return null;
  if (stoppedForAll) {
    return (
      <Callout tone="danger" title={t("stop.stoppedForAll")} className="mb-6">
        {t("stop.stoppedForAllBody")}
      </Callout>
    );
  }
  return (
    <Callout
      tone="danger"
      title={t("stop.stopped")}
      className="mb-6"
      action={
        resumes && (
          <Form method="post" action={action}>
            <SubmitButton action={action} variant="secondary" size="sm" name="intent" value="resume">
              <Play aria-hidden data-mirror />
              {t("stop.resume")}
            </SubmitButton>
          </Form>
        )
      }
    >
      {t("stop.stoppedBody")}
    </Callout>
  );
}

/** The kill switch of a client: asks once, then nothing more is done. */
export function StopButton({ action }: { action: string }) {
  const t = useWords();
  return (
    <ConfirmButton
      action={action}
      title={t("stop.title")}
      description={t("stop.body")}
      confirmLabel={t("stop.button")}
      fields={{ intent: "stop" }}
    >
      <OctagonX aria-hidden />
      {t("stop.button")}
    </ConfirmButton>
  );
}
