import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useText } from './text.ts';

/** Open as long as it is there; who goes by keyboard is back on what opened it afterwards. */
export function Dialog({ children, ...props }: Omit<ModalProps, 'opened' | 'closeButtonProps'>) {
  const say = useText();
  const opener = useRef(document.activeElement);
  useEffect(() => {
    const { current } = opener;
    return () => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && current instanceof HTMLElement) current.focus({ preventScroll: true });
    };
  }, []);
  return (
    <Modal opened {...props} closeButtonProps={{ 'aria-label': say('common.close') }}>
      {children}
    </Modal>
  );
}
