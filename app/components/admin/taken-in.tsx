import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("intake");

/** Says who was taken in a moment ago, on the page from which the next one is. */
export function TakenIn({ taken: { client }, name }: { taken: { client: { id: string; name: string } }; name: string }) {
  const t = useWords();
  return (
    <Callout tone="ok" title={t("taken", { client: isolate(client.name) })} className="mb-8 max-w-2xl">
      <p>{t("takenNext", { provider: name })}</p>
      <p className="mt-2">
        <Link to={`/admin/clients/${client.id}`} className="text-accent hover:underline">
          {t("takenOpen", { client: isolate(client.name) })}
        </Link>
      </p>
    </Callout>
  );
}
