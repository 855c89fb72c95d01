import { Button } from '@digdir/designsystemet-react';
import { useWords } from '../words/words.ts';
import { ModalDialog } from './fields.tsx';
import { Fault } from './page.tsx';

interface ConfirmProps {
  readonly title: string;
  /** What it brings about, and what cannot be undone. */
  readonly what: string;
  readonly action: string;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is gone for good. */
export function ConfirmDialog(props: ConfirmProps) {
  const t = useWords();
  return (
    <ModalDialog title={props.title} open onClose={props.onClose}>
      <p>{props.what}</p>
      {props.error !== null && <Fault error={props.error} />}
      <div className="actions">
        <Button data-color="danger" loading={props.pending} onClick={props.onConfirm}>
          {props.action}
        </Button>
        <Button variant="secondary" onClick={props.onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </ModalDialog>
  );
}
