import type * as english from "./en/catalogue.ts";
import type { Locale } from "./locale.ts";

/** All words of one language: namespace -> keys. English says which there are. */
export type Catalogue = typeof english;
export type Namespace = keyof Catalogue;
export type Tree = { readonly [key: string]: string | Tree };

/** A counted text has one key, without its form. */
type Stem<K extends string> = K extends `${infer S}_one` ? S : K extends `${infer S}_other` ? S : K;
type PathIn<T> = { [K in keyof T & string]: T[K] extends string ? Stem<K> : `${K}.${PathIn<T[K]>}` }[keyof T & string];
type KeyOf<N extends Namespace> = { [Each in N]: PathIn<Catalogue[Each]> }[N];
/** The first namespace's keys as they are, those of the others behind their name: `"title"`, `"runs:runs.title"`. */
type Key<First extends Namespace, More extends Namespace> = KeyOf<First> | { [Each in More]: `${Each}:${KeyOf<Each>}` }[More];

type TextIn<T, Path extends string> = Path extends keyof T
  ? T[Path]
  : `${Path}_other` extends keyof T
    ? T[`${Path}_other`] | "{{count}}"
    : Path extends `${infer Step}.${infer Rest}`
      ? TextIn<T[Step & keyof T], Rest>
      : never;
type TextOf<First extends Namespace, K> = K extends `${infer N extends Namespace}:${infer Path}`
  ? TextIn<Catalogue[N], Path>
  : TextIn<Catalogue[First], K & string>;
type NameIn<Text> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | NameIn<Rest> : never;
type Values<Text> = [NameIn<Text>] extends [never] ? [] : [{ [Name in NameIn<Text>]: Name extends "count" ? number : string | number }];

/** Says the text of a key with its `{{names}}` filled in, and a counted one in the form of its `count`. */
export interface Say<First extends Namespace = never, More extends Namespace = never> extends Finding {
  <K extends Key<First, More>>(key: K, ...values: Values<TextOf<First, K>>): string;
}

interface Finding {
  /** A text whose key is only known at work, or undefined where there is none. */
  find(key: string): string | undefined;
}

interface AnySay extends Finding {
  (key: string, values?: Readonly<Record<string, string | number>>): string;
}

/** The words of one language as far as they are here: all of them on the server, those of its pages in a browser. */
export interface Translator {
  locale: Locale;
  has(namespace: Namespace): boolean;
  add(namespace: Namespace, words: Tree): void;
  /** For keys of this namespace, and of others behind their name. The same function each time: it remembers the texts that it has split. */
  say(namespace: Namespace): AnySay;
}

/**
 * Our own, since a page needs so little: a library's formats, detectors and backends weigh more than the words. (Paraglide was
 * weighed: its compiler's plugins come from a CDN, and some of our keys are put together at work.)
 */
export function createTranslator(locale: Locale, words: Partial<Record<Namespace, Tree>>): Translator {
  const known = new Map<string, Tree>(Object.entries(words));
  const made = new Map<Namespace, AnySay>();
  const plurals = new Intl.PluralRules(locale);

  const sayer = (first: Namespace): AnySay => {
    const find = (key: string): string | undefined => {
      const colon = key.indexOf(":");
      let node: string | Tree | undefined = known.get(colon < 0 ? first : key.slice(0, colon));
      for (const step of key.slice(colon + 1).split(".")) node = typeof node === "object" ? node[step] : undefined;
      return typeof node === "string" ? node : undefined;
    };
    // What stands at an odd place is a name; one piece alone is a text without names.
    const split = new Map<string, readonly string[]>();
    const say = (key: string, values?: Readonly<Record<string, string | number>>): string => {
      const form = values?.count === undefined ? key : `${key}_${plurals.select(Number(values.count))}`;
      let pieces = split.get(form);
      if (!pieces) {
        const text = find(form) ?? find(`${key}_other`) ?? find(key);
        if (text === undefined) return key;
        pieces = text.split(/\{\{(\w+)\}\}/);
        split.set(form, pieces);
      }
      return pieces.length === 1 ? String(pieces[0]) : pieces.map((piece, at) => (at % 2 ? (values?.[piece] ?? "") : piece)).join("");
    };
    return Object.assign(say, { find });
  };

  return {
    locale,
    has: (namespace) => known.has(namespace),
    add: (namespace, tree) => void known.set(namespace, tree),
    say(namespace) {
      const say = made.get(namespace) ?? sayer(namespace);
      made.set(namespace, say);
      return say;
    },
  };
}
