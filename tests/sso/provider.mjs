// A certified OpenID Connect provider on loopback: the people of an office, and one client.
import Provider from "oidc-provider";

const { port, people, client } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  scopes: ["openid", "office"],
  claims: { openid: ["sub"], office: ["name", "preferred_username", "realm", "unit"] },
  conformIdTokenClaims: false,
  // Its own dispatcher reaches no loopback address, and the client of the tests is on one.
  fetch: (url, { dispatcher: _guarded, ...options }) => fetch(url, options),
  cookies: { keys: ["a-key-of-the-tests"] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
  async findAccount(_context, id) {
    const told = people[id];
    return told && { accountId: id, claims: async () => ({ sub: id, ...told }) };
  },
});

provider.listen(port, "127.0.0.1");
