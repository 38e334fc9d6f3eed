import { Form } from "@remix-run/react";
import { Check } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("notifications");

export type NoticePage = Outputs["notices"]["own"];
type Notice = NoticePage["unread"][number];

/** What somebody was told, the newest first, each with the one link to where it is mended. `base`: of a client's pages. */
export function NoticeList({ notices, base }: { notices: readonly Notice[]; base: string }) {
  const t = useWords();
  const titleOf = useTitleOf();
  return (
    <ul className="divide-y divide-line">
      {notices.map((notice) => {
        const { id, kind, createdAt, readAt, resolvedAt } = notice;
        const unread = readAt === null && resolvedAt === null;
        return (
          <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-5 py-4">
            <div className="min-w-0 flex-1 basis-64">
              <p className={unread ? "font-medium text-ink" : "text-ink-muted"}>{titleOf(notice)}</p>
              <p className="mt-1 flex flex-wrap items-center gap-2 text-[0.8125rem] text-ink-faint">
                <Time at={createdAt} />
                {resolvedAt !== null && <Badge tone="ok">{t("resolved")}</Badge>}
              </p>
            </div>
            <div className="flex flex-wrap items-center gap-2">
              {resolvedAt === null && (
                <Button asChild size="sm" variant={unread ? "primary" : "secondary"}>
                  <Link to={whereMended(notice, base)}>
                    {t(`open.${kind}`)}
                    <span className="sr-only">: {titleOf(notice)}</span>
                  </Link>
                </Button>
              )}
              {unread && (
                <Form method="post">
                  <SubmitButton size="sm" variant="ghost" name="noticeId" value={id}>
                    <Check aria-hidden />
                    {t("mark")}
                    <span className="sr-only">: {titleOf(notice)}</span>
                  </SubmitButton>
                </Form>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function useTitleOf() {
  const t = useWords();
  const format = useFormat();
  return ({ kind, params, provider, account }: Notice): string => {
    const date = typeof params.at === "number" ? format.date(params.at) : "";
    const named = { provider: provider?.name ?? "", account: account ?? "", date };
    switch (kind) {
      case "reconnect":
        return t("what.reconnect", named);
      case "cliff":
        return t("what.cliff", named);
      case "key_end":
        return t(`what.${params.news ?? "announced"}`, named);
      case "account_changed":
        return t("what.account_changed", named);
      case "viewed":
        return t("what.viewed", named);
      case "flow_note":
        return t("what.flow_note");
      case "approvals":
        return t(`what.approvals_${params.approvals ?? "waiting"}`);
      case "incident":
        return t(`what.${params.over ? "over" : (params.fails ?? "unavailable")}`, named);
      case "version":
        return t("what.version", { ...named, version: params.version ?? "" });
      case "workspace_request":
        return t("what.workspace_request");
      case "admin_added":
        return t("what.admin_added");
      case "reveal":
        return t("what.reveal", { client: params.client ?? "" });
      default:
        return kind satisfies never;
    }
  };
}

function whereMended({ kind, provider }: Notice, base: string): string {
  switch (kind) {
    case "reconnect":
    case "cliff":
    case "key_end":
    case "account_changed":
      return provider ? `${base}/integrations/${provider.id}` : `${base}/integrations`;
    case "flow_note":
      return `${base}/automations/shopify-flow-bridge/flow`;
    case "viewed":
      return `${base}/settings/audit`;
    case "approvals":
      return `${base}/approvals`;
    case "incident":
      return "/admin/incidents";
    case "version":
      return "/admin/calendar";
    case "workspace_request":
      return "/admin/requests";
    case "admin_added":
      return "/admin/agency";
    case "reveal":
      return "/admin/reveals";
    default:
      return kind satisfies never;
  }
}
