// The error catalogue. A code never changes its meaning; texts may be bettered.
// `heals`: may pass without a person's hand, so a daemon tries again inside. What cannot heal
// ends the daemon with exit code 2, and systemd leaves it alone (RestartPreventExitStatus=2).
export interface CatalogueEntry {
  readonly heals: boolean;
  readonly en: string;
  readonly nb: string;
  readonly hint: string;
  readonly hintNb: string;
}

export const CODES = {
  RMH_USAGE: {
    heals: false,
    en: 'the command line is not understood',
    nb: 'kommandolinjen er ikke forstått',
    hint: 'add --help to see the options',
    hintNb: 'legg til --help for å se valgene',
  },
  RMH_CONFIG_UNREADABLE: {
    heals: false,
    en: 'the configuration file cannot be read',
    nb: 'konfigurasjonsfilen kan ikke leses',
    hint: 'check the path given with --config and that the service user may read the file',
    hintNb: 'sjekk stien gitt med --config og at tjenestebrukeren kan lese filen',
  },
  RMH_CONFIG_INVALID: {
    heals: false,
    en: 'the configuration has errors',
    nb: 'konfigurasjonen har feil',
    hint: 'mend the lines named above; docs/configuration.md lists every field',
    hintNb: 'rett linjene nevnt over; docs/configuration.md lister alle feltene',
  },
  RMH_KEY_UNREADABLE: {
    heals: false,
    en: 'a key file cannot be read',
    nb: 'en nøkkelfil kan ikke leses',
    hint: 'make a key with "rmh keygen --out FILE" and let the service user own the file',
    hintNb: 'lag en nøkkel med "rmh keygen --out FIL" og la tjenestebrukeren eie filen',
  },
  RMH_KEY_EXPOSED: {
    heals: false,
    en: 'a key file can be read by others than its owner',
    nb: 'en nøkkelfil kan leses av andre enn eieren',
    hint: 'run "chmod 600 FILE"; if others could read it, make a new key',
    hintNb: 'kjør "chmod 600 FIL"; hvis andre kunne lese den, lag en ny nøkkel',
  },
  RMH_KEY_INVALID: {
    heals: false,
    en: 'a key is not 32 bytes of base64',
    nb: 'en nøkkel er ikke 32 byte i base64',
    hint: 'a key is 44 characters and ends in "="; copy it whole, with nothing around it',
    hintNb: 'en nøkkel er 44 tegn og slutter med "="; kopier hele, uten noe rundt',
  },
  RMH_KEY_OWN: {
    heals: false,
    en: "a peer's public key is this end's own",
    nb: 'en motparts offentlige nøkkel er vår egen',
    hint: 'enter the public key of the other end',
    hintNb: 'skriv inn den offentlige nøkkelen til den andre enden',
  },
  RMH_KEY_EXISTS: {
    heals: false,
    en: 'the key file exists already',
    nb: 'nøkkelfilen finnes allerede',
    hint: 'choose another file, or add --force to replace the key (the old one is lost)',
    hintNb: 'velg en annen fil, eller bruk --force for å erstatte nøkkelen (den gamle går tapt)',
  },
  RMH_TUN_PERMISSION: {
    heals: false,
    en: 'not allowed to make the tunnel device',
    nb: 'ikke lov til å lage tunnelenheten',
    hint: 'CAP_NET_ADMIN and read/write on /dev/net/tun are needed; use the systemd unit or root',
    hintNb: 'CAP_NET_ADMIN og lese/skrive på /dev/net/tun trengs; bruk systemd-enheten eller root',
  },
  RMH_TUN_MISSING: {
    heals: false,
    en: '/dev/net/tun does not exist',
    nb: '/dev/net/tun finnes ikke',
    hint: 'run "modprobe tun"; in a container, pass the device in',
    hintNb: 'kjør "modprobe tun"; i en container: gi den tilgang til enheten',
  },
  RMH_TUN_BUSY: {
    heals: true,
    en: 'the tunnel device is used by another process',
    nb: 'tunnelenheten brukes av en annen prosess',
    hint: 'is a second rmh running? otherwise choose another tun.name',
    hintNb: 'kjører rmh to ganger? ellers velg et annet tun.name',
  },
  RMH_PORT_IN_USE: {
    heals: true,
    en: 'the UDP port is used by another process',
    nb: 'UDP-porten brukes av en annen prosess',
    hint: '"ss -ulpn" shows by which; stop it or choose another listen.port',
    hintNb: '"ss -ulpn" viser hvilken; stopp den eller velg en annen listen.port',
  },
  RMH_ADDRESS_ABSENT: {
    heals: true,
    en: 'the listen address is not on this machine',
    nb: 'lytteadressen finnes ikke på denne maskinen',
    hint: '"ip address" lists what is here; the address may still be on its way at boot',
    hintNb: '"ip address" viser hva som finnes; adressen kan komme senere under oppstart',
  },
  RMH_NET_PERMISSION: {
    heals: false,
    en: 'not allowed to change addresses or routes',
    nb: 'ikke lov til å endre adresser eller ruter',
    hint: 'CAP_NET_ADMIN is needed; use the systemd unit or root',
    hintNb: 'CAP_NET_ADMIN trengs; bruk systemd-enheten eller root',
  },
  RMH_NET_FAILED: {
    heals: true,
    en: 'the kernel refused an address, route or setting',
    nb: 'kjernen avviste en adresse, rute eller innstilling',
    hint: 'the log names which; rmh tries again by itself',
    hintNb: 'loggen sier hvilken; rmh prøver igjen av seg selv',
  },
  RMH_SOCKET_IN_USE: {
    heals: false,
    en: 'another daemon answers on the status socket',
    nb: 'en annen prosess svarer på statussokkelen',
    hint: 'stop the other one, or give this one its own statusSocket',
    hintNb: 'stopp den andre, eller gi denne sin egen statusSocket',
  },
  RMH_SOCKET_FAILED: {
    heals: false,
    en: 'the status socket cannot be made',
    nb: 'statussokkelen kan ikke opprettes',
    hint: 'its directory must exist and belong to the service user (systemd: RuntimeDirectory)',
    hintNb: 'katalogen må finnes og eies av tjenestebrukeren (systemd: RuntimeDirectory)',
  },
  RMH_NOT_RUNNING: {
    heals: true,
    en: 'no daemon answers on the status socket',
    nb: 'ingen prosess svarer på statussokkelen',
    hint: 'is it started (systemctl status rmh-unit rmh-gateway)? --socket names another path',
    hintNb: 'er den startet (systemctl status rmh-unit rmh-gateway)? --socket gir en annen sti',
  },
  RMH_SOCKET_DENIED: {
    heals: false,
    en: 'not allowed to use the status socket',
    nb: 'ikke lov til å bruke statussokkelen',
    hint: "join the socket's group (ls -l shows it) or use sudo",
    hintNb: 'bli med i gruppen til sokkelen (ls -l viser den) eller bruk sudo',
  },
  RMH_REQUEST_REFUSED: {
    heals: false,
    en: 'the daemon refused the request',
    nb: 'prosessen avviste forespørselen',
    hint: 'its answer says why',
    hintNb: 'svaret sier hvorfor',
  },
  RMH_DATAPLANE_FAILED: {
    heals: true,
    en: 'the data plane stopped by itself',
    nb: 'dataplanet stoppet av seg selv',
    hint: 'systemd restarts it; report the log lines before this one',
    hintNb: 'systemd starter det igjen; meld fra om logglinjene før denne',
  },
  RMH_DATA_IN_USE: {
    heals: true,
    en: 'the data directory is used by another process',
    nb: 'datakatalogen brukes av en annen prosess',
    hint: 'stop the other platform, or choose another dataDirectory',
    hintNb: 'stopp den andre plattformen, eller velg en annen dataDirectory',
  },
  RMH_DATA_UNUSABLE: {
    heals: false,
    en: 'the embedded database does not start on its data directory',
    nb: 'den innebygde databasen starter ikke på datakatalogen sin',
    hint: 'check owner and free space; otherwise restore a back-up into an empty directory',
    hintNb: 'sjekk eier og ledig plass; ellers gjenopprett en sikkerhetskopi i en tom katalog',
  },
  RMH_DATABASE_UNREACHABLE: {
    heals: true,
    en: 'the database server does not answer',
    nb: 'databaseserveren svarer ikke',
    hint: 'check databaseUrl, and that the server runs and lets this machine in',
    hintNb: 'sjekk databaseUrl, og at serveren kjører og slipper inn denne maskinen',
  },
  RMH_DATABASE_UNUSABLE: {
    heals: false,
    en: 'the database server cannot be used',
    nb: 'databaseserveren kan ikke brukes',
    hint: 'PostgreSQL 15 or newer is needed, and an empty database that the user owns',
    hintNb: 'PostgreSQL 15 eller nyere trengs, og en tom database som brukeren eier',
  },
  RMH_DATABASE_NEWER: {
    heals: false,
    en: 'the database was made by a newer version',
    nb: 'databasen er laget av en nyere versjon',
    hint: 'start the newer version, or restore a back-up from before the update',
    hintNb: 'start den nyere versjonen, eller gjenopprett en sikkerhetskopi fra før oppdateringen',
  },
  RMH_DATABASE_ALTERED: {
    heals: false,
    en: 'a migration is not the one that the database was made with',
    nb: 'en migrering er ikke den som databasen ble laget med',
    hint: 'use the released files unchanged; while developing, begin with an empty database',
    hintNb: 'bruk de utgitte filene uendret; under utvikling: begynn med en tom database',
  },
  RMH_BACKUP_INVALID: {
    heals: false,
    en: 'the back-up cannot be restored',
    nb: 'sikkerhetskopien kan ikke gjenopprettes',
    hint: 'restore with the version that made it, into an empty database',
    hintNb: 'gjenopprett med versjonen som laget den, inn i en tom database',
  },
  RMH_TOKEN_INVALID: {
    heals: false,
    en: 'this is no enrolment token',
    nb: 'dette er ingen innrulleringskode',
    hint: 'copy the whole line that begins with rmh1:, in quotes',
    hintNb: 'kopier hele linjen som begynner med rmh1:, i anførselstegn',
  },
  RMH_PLATFORM_SILENT: {
    heals: true,
    en: 'the platform does not answer',
    nb: 'plattformen svarer ikke',
    hint: 'is there a network, and does the platform run? Run the command again',
    hintNb: 'er det nett, og kjører plattformen? Kjør kommandoen igjen',
  },
  RMH_ENROL_REFUSED: {
    heals: false,
    en: 'the platform did not take this machine in',
    nb: 'plattformen tok ikke inn denne maskinen',
    hint: 'its answer says why; a token works once, for the serial number that it was made for',
    hintNb: 'svaret sier hvorfor; en kode virker én gang, for serienummeret den ble laget for',
  },
  RMH_ENROL_WAITS: {
    heals: true,
    en: 'the machine is known, but has no gateway yet',
    nb: 'maskinen er kjent, men har ingen gateway ennå',
    hint: 'enrol a gateway, then run the command again',
    hintNb: 'rull inn en gateway, og kjør kommandoen igjen',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CODES;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}
