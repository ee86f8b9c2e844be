import { Button, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ShopSettingsBody, ShopSettingsPage } from '#contract/shop-settings.ts';
import { api, useShopQuery } from './api.ts';
import { CustomFieldsSection } from './custom-fields.tsx';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useLanguage, useLanguageNames, useText } from './text.ts';
import { VisitorTokensSection } from './visitor-tokens.tsx';

const zones = Intl.supportedValuesOf('timeZone');
const currencies = Intl.supportedValuesOf('currency');
/** Official languages of Europe's states, and those their shops most often add. */
const knownLanguages =
  'fr en de es it pt nl pl ro cs sk hu bg hr sl el da sv fi nb et lv lt ga mt is lb ca eu sq sr mk bs uk ru tr ar he zh ja ko'.split(
    ' ',
  );

/** What the shop is: its name, what stands where a statement names none, its carts and custom fields. */
export function SettingsPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const settings = useShopQuery(['shop-settings'], shop, api.shopSettings);
  if (settings.isPending) return <Loading />;
  if (settings.isError) return <PageError error={settings.error} onRetry={() => void settings.refetch()} />;
  return (
    <>
      <PageTitle title={say('settings.title')} lead={say('settings.lead')} />
      <Stack gap="lg">
        <NameSection shop={shop} name={settings.data.name} />
        <PlaceSection key={JSON.stringify(settings.data)} shop={shop} page={settings.data} />
        <CartSection key={settings.data.cartMinutes} shop={shop} minutes={settings.data.cartMinutes} />
        <CustomFieldsSection shop={shop} fields={settings.data.customFields} />
        <VisitorTokensSection shop={shop} />
      </Stack>
    </>
  );
}

function NameSection({ shop, name }: { shop: number; name: string }) {
  const say = useText();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(name);
  const rename = useMutation({
    mutationFn: () => api.renameShop(shop, { name: typed.trim() }),
    onSuccess: () => {
      notifications.show({ color: 'teal', message: say('settings.renamed') });
      return queries.invalidateQueries();
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <Section id="name" title={say('settings.name')}>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say('settings.nameLabel')}
            value={typed}
            maxLength={100}
            required
            onChange={(event) => setTyped(event.currentTarget.value)}
            className="grow"
            maw={420}
            data-testid="shop-name-input"
          />
          <Button
            type="submit"
            disabled={typed.trim() === '' || typed.trim() === name}
            loading={rename.isPending}
            data-testid="shop-name-save"
          >
            {say('common.save')}
          </Button>
        </Group>
      </form>
    </Section>
  );
}

function useChangeShop(shop: number) {
  return useSettled(shop, (body: ShopSettingsBody) => api.changeShopSettings(shop, body));
}

function PlaceSection({ shop, page }: { shop: number; page: ShopSettingsPage }) {
  const say = useText();
  const change = useChangeShop(shop);
  const language = useLanguage();
  const [zone, setZone] = useState(page.zone);
  const [currency, setCurrency] = useState(page.currency);
  const [country, setCountry] = useState(page.country);
  const [languages, setLanguages] = useState(page.languages);
  const names = useLanguageNames();
  const changed =
    zone !== page.zone ||
    currency !== page.currency ||
    country !== page.country ||
    languages.join() !== page.languages.join();
  const isCountry = /^[A-Z]{2}$/.test(country);
  const countryName = isCountry ? new Intl.DisplayNames([language], { type: 'region' }).of(country) : undefined;
  const currencyNames = new Intl.DisplayNames([language], { type: 'currency' });
  return (
    <Section id="place" title={say('settings.place')} help={say('settings.placeHelp')}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label={say('settings.zone')}
          searchable
          allowDeselect={false}
          value={zone}
          data={zones.includes(zone) ? zones : [zone, ...zones]}
          onChange={(value) => setZone(value ?? zone)}
          limit={200}
          data-testid="shop-zone"
        />
        <Select
          label={say('settings.currency')}
          searchable
          allowDeselect={false}
          value={currency}
          data={currencies.map((value) => ({ value, label: `${value} · ${currencyNames.of(value) ?? value}` }))}
          onChange={(value) => setCurrency(value ?? currency)}
          limit={200}
          data-testid="shop-currency"
        />
        <TextInput
          label={say('settings.country')}
          description={countryName === country ? undefined : countryName}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={country}
          maxLength={2}
          error={isCountry ? undefined : say('settings.countryError')}
          onChange={(event) => setCountry(event.currentTarget.value.toUpperCase())}
          data-testid="shop-country"
        />
      </SimpleGrid>
      <MultiSelect
        label={say('settings.languages')}
        description={say('settings.languagesHelp')}
        searchable
        hidePickedOptions
        mt="md"
        value={languages}
        data={[...new Set([...languages, ...knownLanguages])].map((code) => ({ value: code, label: names(code) }))}
        onChange={setLanguages}
        error={languages.length === 0 ? say('settings.languagesError') : undefined}
        data-testid="shop-languages"
      />
      {changed && (zone !== page.zone || currency !== page.currency) ? (
        <Text size="sm" c="dimmed" mt="sm">
          {say('settings.placeEffect')}
        </Text>
      ) : null}
      <Button
        mt="md"
        disabled={!changed || !isCountry || languages.length === 0}
        loading={change.isPending}
        onClick={() => change.mutate({ zone, currency, country, languages })}
        data-testid="shop-place-save"
      >
        {say('common.save')}
      </Button>
    </Section>
  );
}

function CartSection({ shop, minutes }: { shop: number; minutes: number }) {
  const say = useText();
  const change = useChangeShop(shop);
  const [typed, setTyped] = useState<number | string>(minutes);
  const value = Number(typed);
  const sound = Number.isInteger(value) && value >= 1 && value <= 43_200;
  return (
    <Section id="carts" title={say('settings.carts')} help={say('settings.cartsHelp')}>
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={say('settings.cartMinutes')}
          value={typed}
          min={1}
          max={43_200}
          allowDecimal={false}
          onChange={setTyped}
          w={220}
          data-testid="shop-cart-minutes"
        />
        <Button
          disabled={!sound || value === minutes}
          loading={change.isPending}
          onClick={() => change.mutate({ cartMinutes: value })}
        >
          {say('common.save')}
        </Button>
      </Group>
    </Section>
  );
}
