import { useMemo } from "react";

declare const ofType: unique symbol;

/** A value on its way from a loader to its page, as JSON. */
export type Sent<T> = string & { readonly [ofType]: T };

export type Received<S> = S extends Sent<infer T> ? T : never;

/**
 * For a loader with much to say: Remix writes what a loader answers value by value, and takes many times as long for it as for
 * one text.
 */
export const send = <T>(value: T): Sent<T> => JSON.stringify(value) as Sent<T>;

/** What was sent. */
export const useSent = <T>(text: Sent<T>): T => useMemo(() => JSON.parse(text) as T, [text]);
