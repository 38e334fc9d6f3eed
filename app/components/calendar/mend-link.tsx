import { KeyRound, RefreshCw } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("notices");

/** The one click that mends what will end: a new consent, or the form for a new key. */
export function MendLink({
  base,
  provider,
  connection,
  by,
  name,
  primary = false,
}: {
  /** The workspace's address. */
  base: string;
  provider: string;
  connection: string;
  by: "oauth" | "key";
  name: string;
  /** Where it is the one thing to do. */
  primary?: boolean;
}) {
  const t = useWords();
  const Icon = by === "oauth" ? RefreshCw : KeyRound;
  const to = by === "oauth" ? `${base}/connect/${provider}?${new URLSearchParams({ connection })}` : `${base}/integrations/${provider}`;
  return (
    <Button asChild changes={by === "oauth"} size="sm" variant={primary ? "primary" : "secondary"}>
      <Link to={to} prefetch="none">
        <Icon aria-hidden />
        {t(`mend.${by}`)}
        <span className="sr-only">: {name}</span>
      </Link>
    </Button>
  );
}
