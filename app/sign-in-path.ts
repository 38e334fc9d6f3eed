/** Where somebody signs in who wanted this page; they come back to it afterwards. The server checks the path again. */
export function signInPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `/sign-in?to=${encodeURIComponent(`${pathname}${search}`)}`;
}
