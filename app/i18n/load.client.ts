import type { Locale } from "./locale.ts";
import { createTranslator, type Namespace, type Translator, type Tree } from "./translator.ts";

const bring = async (locale: Locale, namespace: Namespace): Promise<Tree> =>
  ((await import(`./${locale}/${namespace}.ts`)) as Record<Namespace, Tree>)[namespace];

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
