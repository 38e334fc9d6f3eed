import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { RotateCcw } from "lucide-react";
import { DeliveryStatus } from "#app/components/admin/delivery-status.tsx";
import { DeliveryOwner } from "#app/components/admin/delivery-table.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { formFailure } from "#app/form-errors.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("webhooks");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const delivery = await api.webhooks.get({ deliveryId: String(args.params.deliveryId) });
  return { title: titleOf(delivery.providerName, delivery.topic), delivery };
}

/** Works it off once more. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  try {
    const { replayed } = await api.webhooks.reprocess({ deliveryId: String(args.params.deliveryId) });
    const message = wordsIn(locale)(replayed ? "webhooks:reprocess.sent" : "webhooks:reprocess.waiting");
    toast({ kind: replayed ? "success" : "info", message });
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(new URL(args.request.url).pathname);
}

export default function Delivery() {
  const t = useWords();
  const { delivery } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { providerName, topic, status, reason, replayable } = delivery;
  const isOver = status === "done" || status === "ignored" || status === "failed";
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("title"), to: "/admin/webhooks" }, { label: topic || providerName }]} />}
        title={<bdi>{providerName}</bdi>}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <DeliveryStatus status={status} />
            {reason && <span>{t(`reasons.${reason}`)}</span>}
          </span>
        }
        actions={
          replayable && (
            <ConfirmButton
              title={t("reprocess.title", { topic: isolate(topic || status), provider: providerName })}
              description={t("reprocess.body")}
              confirmLabel={t("reprocess.button")}
              confirmVariant="primary"
              fields={{ intent: "reprocess" }}
            >
              <RotateCcw aria-hidden />
              {t("reprocess.button")}
            </ConfirmButton>
          )
        }
      />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      <Card>
        <DescriptionList items={factsOf(delivery).map(({ term, value }) => ({ term: t(term), value: value ?? "–" }))} />
        {isOver && !replayable && <p className="mt-4 text-sm text-ink-faint">{t("reprocess.gone")}</p>}
      </Card>
    </>
  );
}

/** What is known of it besides what it said. */
function factsOf(delivery: ReturnType<typeof useLoaderData<typeof loader>>["delivery"]) {
  const { id, topic, account, accountName, eventKey, attempts, receivedAt, occurredAt, workedAt } = delivery;
  const code = (text: string | null) => text && <code className="font-mono text-xs [overflow-wrap:anywhere]">{text}</code>;
  const time = (at: number | null) => at !== null && <Time at={at} />;
  return [
    { term: "topic", value: code(topic) || null },
    { term: "client", value: <DeliveryOwner delivery={delivery} /> },
    { term: "account", value: accountName && <bdi>{accountName}</bdi> },
    { term: "accountId", value: code(account) },
    { term: "receivedAt", value: time(receivedAt) },
    { term: "occurredAt", value: time(occurredAt) || null },
    { term: "workedAt", value: time(workedAt) || null },
    { term: "attempts", value: attempts },
    { term: "eventKey", value: code(eventKey) },
    { term: "id", value: code(id) },
  ] as const;
}
