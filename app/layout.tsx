import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { SiteHeader } from "@/app/site-header";
import { themeScript } from "@/components/theme-script";
import "@/app/globals.css";

export const metadata: Metadata = {
  title: { default: "Private Traffic Data", template: "%s · Private Traffic Data" },
  description: "Traffic counts and speeds from encrypted drives: added up, noised and published without anybody seeing a single one.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#15191b" },
  ],
};

/** What every page has. It asks nothing of the request, so that pages may be made once, when the site is built. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body className="flex min-h-dvh flex-col">
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
        <a href="#content" className="fixed top-2 left-2 z-50 -translate-y-16 rounded-control bg-accent-strong px-4 py-2 text-sm font-semibold text-on-accent transition-transform duration-150 focus:translate-y-0">
          Skip to the content
        </a>
        <SiteHeader />
        {children}
      </body>
    </html>
  );
}
