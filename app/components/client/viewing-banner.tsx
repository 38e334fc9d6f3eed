import { Form } from "@remix-run/react";
import { Callout } from "#app/components/ui/callout.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("notices");

/** Says on every page of a client that an admin of the agency looks at it, until when, and ends that. */
export function ViewingBanner({ client, until }: { client: { id: string; name: string }; until: number }) {
  const t = useWords();
  const time = useFormat().date(until, "time");
  return (
    <Callout
      tone="info"
      padding="sm"
      title={t("viewing.title", { client: client.name })}
      className="mb-6"
      action={
        <Form method="post" action="/view">
          <SubmitButton size="sm" name="end" value={client.id}>
            {t("viewing.end")}
          </SubmitButton>
        </Form>
      }
    >
      {t("viewing.body", { time })}
    </Callout>
  );
}
