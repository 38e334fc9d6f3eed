import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Buttons, Forms } from "#app/components/design/controls.tsx";
import { Data, Marks, Navigation } from "#app/components/design/data.tsx";
import { Messages, States } from "#app/components/design/feedback.tsx";
import { Tokens } from "#app/components/design/tokens.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

const TITLE = "Design system";
const GROUPS = [
  ["tokens", "Colours and type"],
  ["buttons", "Buttons"],
  ["forms", "Forms"],
  ["states", "States"],
  ["messages", "Messages"],
  ["navigation", "Navigation"],
  ["data", "Data"],
  ["marks", "Provider marks"],
] as const;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const switches = await api.incidents.switches();
  return { title: titleOf(TITLE), providers: switches.map(({ provider, name }) => ({ id: provider, name })) };
}

/** What the samples send changes nothing. */
export function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return redirect("/admin/design");
}

/** Every component in its states, in both themes and both directions: for who makes pages. In English alone. */
export default function Design() {
  const { providers } = useLoaderData<typeof loader>();
  return (
    <div lang="en" dir="ltr">
      <PageHeader title={TITLE} description="Every component in its states, in both themes and both directions." />
      <nav aria-label="Groups" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {GROUPS.map(([id, name]) => (
          <a key={id} href={`#${id}`} className="link">
            {name}
          </a>
        ))}
      </nav>
      <Tokens />
      <Buttons />
      <Forms />
      <States />
      <Messages />
      <Navigation />
      <Data />
      <Marks providers={providers} />
    </div>
  );
}
