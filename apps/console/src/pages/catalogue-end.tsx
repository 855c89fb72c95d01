// The first day on which a thing cannot be ordered any more.
import { Button } from '@digdir/designsystemet-react';
import type { CatalogueItem } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

interface CatalogueEndProps {
  readonly item: CatalogueItem;
  readonly onClose: () => void;
}

export function CatalogueEnd({ item, onClose }: CatalogueEndProps) {
  const t = useWords();
  const write = useWrite(['/catalogue']);
  const { version } = useOpened(item, write.error);
  const [validTo, setTo] = useState(item.validTo ?? '');
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const path = `/catalogue/${item.id}/end`;
    write.mutate({ path, method: 'PUT', body: { validTo }, version }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={`${t('catalogue.end')}: ${item.name}`} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput
          label={t('catalogue.to')}
          type="date"
          value={validTo}
          hint={t('catalogue.endHint')}
          required
          onChange={setTo}
        />
        <SaveFault error={write.error} />
        <div className="actions">
          <Button type="submit" loading={write.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}
