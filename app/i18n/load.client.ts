import type { Locale } from "./locale.ts";
import { createTranslator, type Namespace, type Translator, type Tree } from "./translator.ts";

/** Without those that the server alone says: each would be an address on every page. */
const files = import.meta.glob<Record<string, Tree>>(["./*/*.ts", "!./*/{catalogue,errors,forms,*-words}.ts"]);

async function bring(locale: Locale, namespace: Namespace): Promise<Tree> {
  const words = (await files[`./${locale}/${namespace}.ts`]?.())?.[namespace];
  if (!words) throw new Error(`A browser has no words of ${namespace}.`);
  return words;
}

/** A translator of one language with these namespaces: nobody downloads a language that they do not read. */
export async function loadTranslator(locale: Locale, namespaces: readonly Namespace[]): Promise<Translator> {
  const trees = await Promise.all(namespaces.map(async (namespace) => [namespace, await bring(locale, namespace)] as const));
  return createTranslator(locale, Object.fromEntries(trees));
}

/** Adds a namespace. Where it cannot be had, as after a deploy that took it away, the page is loaded anew, as Remix does for a route. */
export async function loadNamespace(translator: Translator, namespace: Namespace): Promise<void> {
  if (translator.has(namespace)) return;
  try {
    translator.add(namespace, await bring(translator.locale, namespace));
  } catch {
    window.location.reload();
    await new Promise(() => undefined); // the page is going
  }
}
