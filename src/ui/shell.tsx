import {
  ActionIcon,
  Alert,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  SegmentedControl,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { may } from '#contract/permissions.ts';
import { ApiError, api, useMe } from './api.ts';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { Loading, PageError } from './page-state.tsx';
import { firstSection, sectionsOf } from './sections.ts';
import { changeLanguage, type Language, languages, useLanguage, useText } from './text.ts';

/** Header, navigation, and the screen; who is not signed in is taken to the sign-in page and back. */
export function Shell() {
  const say = useText();
  const me = useMe();
  const navigate = useNavigate();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { shopId } = useParams({ strict: false });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shop = me.data?.shops.find((one) => String(one.id) === shopId);
  const format = useFormat(shop?.zone ?? 'UTC');
  const signedOut = me.data === null;
  useEffect(() => {
    if (signedOut && !path.startsWith('/sign-in')) void navigate({ to: '/sign-in', hash: path, replace: true });
  }, [signedOut, navigate, path]);

  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened, desktop: shop === undefined } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <AppShell.Header>
        <a className="skip" href="#content">
          {say('app.skip')}
        </a>
        <Group h="100%" px={{ base: 'sm', sm: 'lg' }} justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" className="grow">
            {shop === undefined ? null : (
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={say(opened ? 'nav.close' : 'nav.open')}
              />
            )}
            <Link to="/shops" className="brand" onClick={close}>
              {say('app.name')}
            </Link>
            {shop === undefined ? null : (
              <Text c="dimmed" truncate visibleFrom="xs" data-testid="shop-name">
                {shop.name}
              </Text>
            )}
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LanguageSwitch />
            <ThemeSwitch />
            {me.data === undefined || me.data === null ? null : (
              <AccountMenu email={me.data.user.email} owner={me.data.user.instanceAdmin} />
            )}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        aria-label={say('nav.label')}
        className="menu"
        data-open={opened || undefined}
        data-empty={shop === undefined || undefined}
      >
        {shop === undefined
          ? null
          : sectionsOf(shop.role).map((section) => (
              <NavLink
                key={section.to}
                renderRoot={(props) => <Link {...props} to={section.to} params={{ shopId: String(shop.id) }} />}
                label={say(section.text)}
                leftSection={<Icon name={section.icon} />}
                active={path.startsWith(section.to.replace('$shopId', String(shop.id)))}
                onClick={close}
                className="nav-link"
              />
            ))}
        <NavLink
          renderRoot={(props) => <Link {...props} to="/shops" activeOptions={{ exact: true }} />}
          label={say('nav.shops')}
          leftSection={<Icon name="shop" />}
          onClick={close}
          className="nav-link nav-last"
        />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <div className="page">
          {me.data?.mail === 'failing' ? (
            <Alert color="red" mb="md" role="status" data-testid="mail-failing">
              {say('mailDown.failing')}{' '}
              {shop !== undefined && may(shop.role, 'mail.manage') ? (
                <Link to="/shops/$shopId/outbox" params={{ shopId: String(shop.id) }} className="text-link">
                  {say('mailDown.see')}
                </Link>
              ) : me.data.user.instanceAdmin ? (
                <Link to="/instance/outbox" className="text-link">
                  {say('mailDown.see')}
                </Link>
              ) : null}
            </Alert>
          ) : null}
          {shop === undefined || shop.closedAt === null ? null : (
            <Alert color="orange" mb="md" title={say('shopClosed.title')} data-testid="shop-closed">
              {say('shopClosed.text', { date: format.date(shop.closedAt) })}
            </Alert>
          )}
          {me.isPending || signedOut ? <Loading /> : null}
          {me.isError ? <PageError error={me.error} onRetry={() => void me.refetch()} /> : null}
          {me.data && (shopId === undefined || shop !== undefined) ? <Outlet /> : null}
          {me.data && shopId !== undefined && shop === undefined ? (
            <PageError error={new ApiError(404, 'shop')} />
          ) : null}
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** A shop without a section in its address. */
export function ShopHome() {
  const me = useMe();
  const { shopId = '' } = useParams({ strict: false });
  const shop = me.data?.shops.find((one) => String(one.id) === shopId);
  return shop === undefined ? null : <Navigate to={firstSection(shop.role)} params={{ shopId }} replace />;
}

export function LanguageSwitch() {
  const say = useText();
  const language = useLanguage();
  return (
    <SegmentedControl
      size="xs"
      aria-label={say('language.label')}
      value={language}
      onChange={(value) => void changeLanguage(value === 'en' ? 'en' : 'fr')}
      data={languages.map((one: Language) => ({
        value: one,
        label: <abbr title={say(`language.${one}`)}>{one.toUpperCase()}</abbr>,
      }))}
      data-testid="language-switch"
    />
  );
}

export function ThemeSwitch() {
  const say = useText();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      aria-label={say(dark ? 'theme.toLight' : 'theme.toDark')}
      data-testid="theme-switch"
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </ActionIcon>
  );
}

function AccountMenu({ email, owner }: { email: string; owner: boolean }) {
  const say = useText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    await api.signOut().catch(() => null);
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={say('account.menu')} data-testid="account-menu">
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{email}</Menu.Label>
        <Menu.Item renderRoot={(props) => <Link {...props} to="/account" />} data-testid="account-open">
          {say('account.menuOwn')}
        </Menu.Item>
        {owner ? (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/instance" />} data-testid="instance-open">
            {say('instance.open')}
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={() => void signOut()} data-testid="sign-out">
          {say('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
