import { Form } from "@remix-run/react";
import { Undo2 } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("data");

export interface EndSectionProps {
  title: string;
  name: string;
  endsAt: number | null;
  failure: FormFailure | undefined;
}

/** Sets the end of a client, by writing its name, or cancels it. */
export function EndSection({ title, name, endsAt, failure }: EndSectionProps) {
  const t = useWords();
  const format = useFormat();
  return (
    <Section title={title} description={<p className="max-w-3xl">{t("data.endBody")}</p>}>
      {endsAt === null ? (
        <Card className="max-w-2xl">
          <Form method="post" className="grid gap-5">
            <FormMessage failure={failure} />
            <Field label={t("data.confirmation")} hint={t("data.confirmationHint", { name })} error={failure?.fields.confirmation}>
              <Input name="confirmation" maxLength={200} autoComplete="off" dir="auto" defaultValue={failure?.values.confirmation} />
            </Field>
            <Field label={t("data.reason")} error={failure?.fields.reason}>
              <Input name="reason" minLength={3} maxLength={500} dir="auto" defaultValue={failure?.values.reason} />
            </Field>
            <div>
              <SubmitButton name="intent" value="end" variant="danger">
                {t("data.endButton")}
              </SubmitButton>
            </div>
          </Form>
        </Card>
      ) : (
        <>
          <div className="mb-4 empty:hidden">
            <FormMessage failure={failure} />
          </div>
          <Callout
            tone="warn"
            title={t("data.endSet", { date: format.date(endsAt, "date") })}
            action={
              <ConfirmButton
                title={t("data.cancelTitle", { name: isolate(name) })}
                description={t("data.cancelBody")}
                confirmLabel={t("data.cancel")}
                confirmVariant="primary"
                fields={{ intent: "cancel" }}
              >
                <Undo2 aria-hidden />
                {t("data.cancel")}
              </ConfirmButton>
            }
          />
        </>
      )}
    </Section>
  );
}
