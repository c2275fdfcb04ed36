import path from "node:path";
import { NextResponse, type NextRequest } from "next/server";
import { themeScript } from "@/components/theme-script";
import { hashOf, policyWithHashes, policyWithNonce } from "@/lib/platform/content-security-policy";
import { readPrerendered, type Prerendered } from "@/lib/platform/prerendered";

const isDevelopment = process.env.NODE_ENV === "development";
const themeHash = hashOf(themeScript);
const policyHeader = "content-security-policy";

let prerendered: Promise<Prerendered> | undefined;

/** Pages that were made at build time never change while the site runs; in development all are made anew. */
function builtPages(): Promise<Prerendered> {
  prerendered ??= isDevelopment ? Promise.resolve(new Map()) : readPrerendered(path.join(process.cwd(), ".next"));
  return prerendered;
}

function answerMadePage(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = policyWithNonce(nonce, { isDevelopment, hashes: [themeHash] });
  const headers = new Headers(request.headers);
  // Next reads the nonce from here and gives it to every script of the page.
  headers.set(policyHeader, policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set(policyHeader, policy);
  return response;
}

/** Gives every page a content security policy: by hashes when it was made at build time, else by a nonce of its own. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const hashes = (await builtPages()).get(request.nextUrl.pathname);
  if (hashes === undefined) return answerMadePage(request);
  const response = NextResponse.next();
  response.headers.set(policyHeader, policyWithHashes(hashes));
  return response;
}

export const config = {
  matcher: [{ source: "/((?!api/|_next/|fhe/|map/|icon.svg).*)" }],
};
