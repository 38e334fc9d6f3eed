import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { InvitationTable } from "#app/components/client/invitation-table.tsx";
import { InviteForm } from "#app/components/client/invite-form.tsx";
import { MemberTable } from "#app/components/client/member-table.tsx";
import { RoleTable } from "#app/components/client/role-table.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { formFailure } from "#app/form-errors.ts";
import type { Locale } from "#app/i18n/locale.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Role } from "#db/words/tenants.ts";

const useWords = wordsOf("team");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const [team, roles] = await Promise.all([api.team.list({ tenant: tenant.id }), api.team.roles()]);
  return { title: titleOf(wordsIn(locale)("settings:settings.team"), tenant.name), ...team, roles };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { api, locale } = context;
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const t = wordsIn(locale);
  const tenant = String(params.tenant);
  // What they name is checked by the procedure; here they are only words of a form.
  const role = text("role") as Role;
  const userId = text("userId");
  const done = (message: string) => context.toast({ kind: "success", message });
  let next = new URL(request.url).pathname;
  try {
    switch (text("intent")) {
      case "invite": {
        const language = form.get("locale");
        await api.team.invite({ tenant, email: text("email"), role, ...(language !== null && { locale: language as Locale }) });
        done(t("team:team.invited", { email: text("email").trim() }));
        break;
      }
      case "revoke": {
        await api.team.revokeInvitation({ tenant, invitationId: text("invitationId") });
        done(t("team:team.revoked", { email: text("email") }));
        break;
      }
      case "role": {
        await api.team.changeRole({ tenant, userId, role });
        done(t("team:team.roleChanged", { name: text("name"), role: t(`team:role.${role}`) }));
        break;
      }
      case "remove": {
        await api.team.remove({ tenant, userId });
        done(t("team:team.removed", { name: text("name") }));
        break;
      }
      case "leave": {
        await api.team.leave({ tenant });
        done(t("team:team.left", { workspace: text("name") }));
        next = "/";
        break;
      }
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(next);
}

export default function Team() {
  const t = useWords();
  const { members, invitations, grantable, roles } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant } = useTenant();
  return (
    <>
      {failure?.intent !== "invite" && <FormMessage failure={asMessage(failure)} />}
      <Section title={t("team.members")} description={t("team.description", { workspace: tenant.name })}>
        <MemberTable members={members} grantable={grantable} />
      </Section>
      {grantable.length > 0 && (
        <Section title={t("team.invite")} description={t("team.inviteDescription")}>
          <InviteForm grantable={grantable} failure={failure?.intent === "invite" ? failure : undefined} />
        </Section>
      )}
      {invitations.length > 0 && (
        <Section title={t("team.invitations")}>
          <InvitationTable invitations={invitations} mayWrite={grantable.length > 0} />
        </Section>
      )}
      <Section title={t("team.roles")}>
        <RoleTable roles={roles} />
      </Section>
    </>
  );
}

/** The buttons of a row have no place for a field's message. */
function asMessage<F extends { message: string | null; fields: Readonly<Record<string, string>> }>(failure: F | undefined) {
  return failure && { ...failure, message: failure.message ?? Object.values(failure.fields)[0] ?? null };
}
