import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { type ChosenNoticeKind, mailPaces } from "#db/words/notices.ts";
import type { Inputs } from "#server/trpc/root.ts";
import { formFailure } from "./form-errors.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/** Marks the notice that the form names as read, or all of them. */
export async function markRead(args: ActionFunctionArgs, mark: (input: { noticeId?: string }) => Promise<void>) {
  const { request, context } = args;
  const noticeId = (await request.formData()).get("noticeId");
  await mark(typeof noticeId === "string" ? { noticeId } : {});
  context.toast({ kind: "success", message: wordsIn(context.locale)(`notifications:${noticeId === null ? "markedAll" : "marked"}`) });
  return redirect(new URL(request.url).pathname);
}

/** Keeps how the reader wants to be told of these kinds. */
export async function savePreferences({ request, context }: ActionFunctionArgs, kinds: readonly ChosenNoticeKind[]) {
  const form = await request.formData();
  try {
    await context.api.notices.setPreferences(preferencesIn(form, kinds));
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: wordsIn(context.locale)("notifications:preferences.saved") });
  return redirect(new URL(request.url).pathname);
}

function preferencesIn(form: FormData, kinds: readonly ChosenNoticeKind[]): Inputs["notices"]["setPreferences"] {
  const time = (name: string) => String(form.get(name) ?? "") || null;
  const choices = kinds.map((kind) => {
    const pace = mailPaces.find((each) => each === form.get(`mail.${kind}`)) ?? "now";
    return [kind, { portal: form.has(`portal.${kind}`), mail: pace }] as const;
  });
  return { choices: Object.fromEntries(choices), quietFrom: time("quietFrom"), quietTo: time("quietTo") };
}
