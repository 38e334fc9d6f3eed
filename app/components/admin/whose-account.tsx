import { Form } from "@remix-run/react";
import { Callout } from "#app/components/ui/callout.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("intake");

/** Asks whose an account is that a client had before: that client's again, or a new one's. Then the consent is asked for once more. */
export function WhoseAccount({
  asked: { provider, account, shop, clients },
}: {
  asked: { provider: string; account: string; shop: string; clients: readonly { id: string; name: string }[] };
}) {
  const t = useWords();
  return (
    <Callout tone="warn" title={t("whoseTitle", { account: isolate(account) })} className="mb-8 max-w-2xl">
      <p>{t("whoseBody")}</p>
      <Form method="get" action={`/admin/new-client/${provider}`} className="mt-4 grid gap-4">
        {shop && <input type="hidden" name="shop" value={shop} />}
        <Field label={t("whose")}>
          <Select
            name="client"
            options={[{ value: "new", label: t("whoseNew") }, ...clients.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }))]}
          />
        </Field>
        <SubmitButton className="justify-self-start">{t("whoseGo")}</SubmitButton>
      </Form>
    </Callout>
  );
}
