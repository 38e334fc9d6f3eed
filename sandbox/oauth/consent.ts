import type { AccountChoice, SandboxProvider } from "#sandbox/providers/provider.ts";
import { escapeHtml } from "#sandbox/reply.ts";

const style = `
:root{color-scheme:dark light;font:16px/1.5 system-ui,sans-serif}
body{margin:0;display:grid;place-items:center;min-height:100vh;background:#0b1016;color:#e8eef4}
main{box-sizing:border-box;width:min(30rem,100vw);padding:1.25rem}
h1{font-size:1.25rem;margin:0 0 .5rem} p{margin:.5rem 0;color:#a9b8c6}
fieldset{border:1px solid #2a3947;border-radius:.6rem;margin:1rem 0;padding:.75rem 1rem}
label{display:flex;gap:.6rem;padding:.25rem 0;overflow-wrap:anywhere} input{flex:none;margin-top:.35rem}
.other{flex-direction:column;gap:.25rem} .other input{font:inherit;padding:.5rem;border-radius:.4rem;border:1px solid #2a3947;background:transparent;color:inherit;margin:0}
.row{display:flex;gap:.75rem;flex-wrap:wrap} button{flex:1 1 8rem;font:inherit;padding:.7rem;border-radius:.6rem;border:1px solid #2a3947;cursor:pointer}
button[value=allow]{background:#7ff;color:#04222a;border-color:#7ff} button[value=deny]{background:transparent;color:inherit}
@media(prefers-color-scheme:light){body{background:#f5f7f9;color:#14202b}p{color:#44535f}button[value=allow]{background:#067a86;color:#fff}}`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
}

/**
 * What the person is asked. Posts back to its own address: `decision`, `account` (or `other`, which goes before it), and
 * `granular=1` with the ticked `scope` values.
 */
export function consentPage(
  provider: SandboxProvider,
  input: { accounts: AccountChoice[]; scopes: string[]; redirectUri: string },
): string {
  const accounts = input.accounts
    .map(
      ({ id, label }, index) =>
        `<label><input type="radio" name="account" value="${escapeHtml(id)}"${index === 0 ? " checked" : ""}> ${escapeHtml(label)}</label>`,
    )
    .join("");
  const another = provider.anotherAccount
    ? `<label class="other">${escapeHtml(provider.anotherAccount.label)} <input type="text" name="other" pattern="${escapeHtml(provider.anotherAccount.pattern)}" autocomplete="off"></label>`
    : "";
  const scopes = input.scopes
    .map((scope) =>
      provider.mayUntick(scope)
        ? `<label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ${escapeHtml(scope)}</label>`
        : `<label><span aria-hidden="true">✓</span> ${escapeHtml(scope)}</label>`,
    )
    .join("");
  return page(
    `Sandbox: stands in for ${provider.title}`,
    `<h1>Sandbox: stands in for ${escapeHtml(provider.title)}</h1>
<p>This page is not ${escapeHtml(provider.title)}. It plays its consent page, so that a connection can be tried out without a real account.</p>
<form method="post">
<fieldset><legend>Account</legend>${accounts}${another}</fieldset>
<fieldset><legend>The application asks for</legend>${input.scopes.some(provider.mayUntick) ? '<input type="hidden" name="granular" value="1">' : ""}${scopes || "<p>Nothing beyond the account itself.</p>"}</fieldset>
<p>Afterwards you return to ${escapeHtml(new URL(input.redirectUri).origin)}.</p>
<div class="row"><button type="submit" name="decision" value="allow">Allow</button><button type="submit" name="decision" value="deny">Deny</button></div>
</form>`,
  );
}

/** A request that cannot be sent back to where it came from: the person stays here. */
export function refusalPage(provider: SandboxProvider, reason: string): string {
  return page(
    `Sandbox: stands in for ${provider.title}`,
    `<h1>Sandbox: stands in for ${escapeHtml(provider.title)}</h1><p role="alert">${escapeHtml(reason)}</p>`,
  );
}
