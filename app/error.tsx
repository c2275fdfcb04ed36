"use client";

import { Button } from "@/components/button";
import { Notice } from "@/components/notice";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="content" tabIndex={-1} className="flex flex-1 items-center justify-center p-6">
      <Notice tone="danger" title="This page failed." code={error.digest ?? "internal"} action={<Button size="small" onClick={reset}>Try again</Button>} className="max-w-md">
        <p>Nothing was lost: purchases and keys are kept in this browser and on the chain.</p>
      </Notice>
    </main>
  );
}
