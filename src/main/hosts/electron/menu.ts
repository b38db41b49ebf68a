import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron';

/** The system's own menu: the standard roles, and the data folder. The window has its own commands. */
export function setUpMenu(workspace: string, open: () => void): void {
  const isMac = process.platform === 'darwin';
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      { label: 'Show window', accelerator: 'CmdOrCtrl+N', click: open },
      { label: 'Open data folder', click: () => void shell.openPath(workspace) },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' },
    ],
  };
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    file,
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  app.setAboutPanelOptions({ applicationName: 'FAPT Studio' });
}
