import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Namespace, Say, Translator } from "./translator.ts";

/** Brings a namespace of the page's language; asked twice it answers the same promise. */
type Load = (translator: Translator, namespace: Namespace) => Promise<void>;

interface Words {
  translator: Translator;
  turnTo(translator: Translator): void;
  /** A browser's; the server has all words. */
  load?: Load | undefined;
}

const Context = createContext<Words | null>(null);

const named = new Set<Namespace>();
const listeners = new Set<(namespace: Namespace) => void>();

/** The namespaces of all modules that were evaluated so far: in a browser those of the page, and of what was opened before it. */
export const namedNamespaces = (): readonly Namespace[] => [...named];

/**
 * Makes a module's hook for the words of these namespaces. To name them is what brings them: the page that loads the module loads
 * its words before it hydrates; a navigation that loads the module begins to load its words at once, and keeps the page that is
 * shown until they are there.
 */
export function wordsOf<First extends Namespace, More extends Namespace = never>(first: First, ...more: More[]): () => Say<First, More> {
  const namespaces: readonly Namespace[] = [first, ...more];
  for (const namespace of namespaces) {
    named.add(namespace);
    for (const tell of listeners) tell(namespace);
  }
  return function useWords() {
    const { translator, load } = useWordsContext();
    const missing = namespaces.filter((namespace) => !translator.has(namespace));
    if (missing.length > 0 && load) throw Promise.all(missing.map((namespace) => load(translator, namespace)));
    return translator.say(first) as Say<First, More>;
  };
}

/** Hands the words to all that is inside. `translator` is the first one: `useTurn` changes to another language. */
export function WordsProvider({ translator: first, load, children }: { translator: Translator; load?: Load; children?: ReactNode }) {
  const [translator, turnTo] = useState(first);
  useEffect(() => {
    if (!load) return;
    const tell = (namespace: Namespace) => void load(translator, namespace);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, [translator, load]);
  const words = useMemo(() => ({ translator, turnTo, load }), [translator, load]);
  return <Context.Provider value={words}>{children}</Context.Provider>;
}

export function useWordsContext(): Words {
  const words = useContext(Context);
  if (!words) throw new Error("There is no WordsProvider around this.");
  return words;
}
