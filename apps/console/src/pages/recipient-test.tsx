// A test message to one recipient, and what became of it.
import { Button } from '@digdir/designsystemet-react';
import type { Webhook, WebhookTried } from '@rmh/contract/api';
import { useWrite } from '../api/api.ts';
import { faultText } from '../delivery-words.ts';
import { Fault } from '../parts/page.tsx';
import { Marked } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';

/** `children`: the other things that can be done with the recipient, in the same row. */
export function RecipientTest(props: {
  readonly webhook: Webhook;
  readonly children: React.ReactNode;
}) {
  const t = useWords();
  const test = useWrite<WebhookTried>([]);
  const send = (): void => test.mutate({ path: `/webhooks/${props.webhook.id}/test` });
  return (
    <>
      <div className="actions">
        <Button variant="secondary" loading={test.isPending} onClick={send}>
          {t('recipient.test')}
        </Button>
        {props.children}
      </div>
      <div role="status">{test.data !== undefined && <Outcome of={test.data} />}</div>
      {test.error !== null && <Fault error={test.error} />}
    </>
  );
}

function Outcome({ of: tried }: { readonly of: WebhookTried }) {
  const t = useWords();
  if (tried.fault === null) return <Marked tone="good">{t('recipient.testArrived')}</Marked>;
  const why = faultText(t, tried);
  return (
    <Marked tone="bad" long>
      {t('recipient.testFailed', { why })}
    </Marked>
  );
}
