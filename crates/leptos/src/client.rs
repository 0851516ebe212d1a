use std::future::Future;

use leptos::server_fn::Bytes;
use leptos::server_fn::client::Client;
use leptos::server_fn::client::browser::BrowserClient;
use leptos::server_fn::error::FromServerFnError;
use leptos::server_fn::request::browser::BrowserRequest;
use leptos::server_fn::response::browser::BrowserResponse;

/// Calls server functions in the name of who is signed in: it sends the access token along, renews it
/// before it expires, and calls once more with a new one when the answer is 401.
///
/// ```
/// use carnet_leptos::{CarnetClient, ServerError};
/// use leptos::prelude::*;
///
/// #[server(client = CarnetClient)]
/// async fn todos() -> Result<Vec<String>, ServerError> {
///     Ok(Vec::new())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CarnetClient;

impl<E, I, O> Client<E, I, O> for CarnetClient
where
    E: FromServerFnError + Send,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: BrowserRequest) -> impl Future<Output = Result<BrowserResponse, E>> + Send {
        #[cfg(target_arch = "wasm32")]
        {
            browser::send::<E, I, O>(request)
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            <BrowserClient as Client<E, I, O>>::send(request)
        }
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl futures::Sink<Bytes> + Send + 'static,
            ),
            E,
        >,
    > + Send {
        // A WebSocket has no header that script may set; the cookie goes along by itself.
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::future::Future;

    use carnet_client::AuthError;
    use leptos::server_fn::client::Client;
    use leptos::server_fn::client::browser::BrowserClient;
    use leptos::server_fn::error::{FromServerFnError, IntoAppError, ServerFnErrorErr};
    use leptos::server_fn::request::ClientReq;
    use leptos::server_fn::request::browser::{BrowserRequest, Request};
    use leptos::server_fn::response::ClientRes;
    use leptos::server_fn::response::browser::BrowserResponse;
    use leptos::wasm_bindgen::JsValue;
    use send_wrapper::SendWrapper;

    use crate::auth::client_of_this_page;

    pub(super) fn send<E, I, O>(
        request: BrowserRequest,
    ) -> impl Future<Output = Result<BrowserResponse, E>> + Send
    where
        E: FromServerFnError + Send,
        I: FromServerFnError,
        O: FromServerFnError,
    {
        SendWrapper::new(async move {
            let Some(client) = client_of_this_page() else {
                return <BrowserClient as Client<E, I, O>>::send(request).await;
            };
            let request = unbound::<E>(&request.into())?;
            let send = async |token: Option<&str>| -> Result<BrowserResponse, E> {
                let request = copy::<E>(&request, token)?;
                <BrowserClient as Client<E, I, O>>::send(request).await
            };
            let is_refused = |answer: &Result<BrowserResponse, E>| matches!(answer, Ok(answer) if ClientRes::<E>::status(answer) == 401);
            client
                .call_with_token(send, is_refused)
                .await
                .unwrap_or_else(|error| Err(failure(&error)))
        })
    }

    /// The request without the signal that aborts it once what the server function has made of it is dropped, which is
    /// before its copies are sent.
    fn unbound<E: FromServerFnError>(request: &web_sys::Request) -> Result<web_sys::Request, E> {
        let failed =
            |_| ServerFnErrorErr::Request("it cannot be copied".to_owned()).into_app_error();
        let init = web_sys::RequestInit::new();
        // Undefined would leave the signal as it is.
        js_sys::Reflect::set(&init, &"signal".into(), &JsValue::NULL).map_err(failed)?;
        web_sys::Request::new_with_request_and_init(request, &init).map_err(failed)
    }

    /// The same request once more, since a body can be sent only once, with the token.
    fn copy<E: FromServerFnError>(
        request: &web_sys::Request,
        token: Option<&str>,
    ) -> Result<BrowserRequest, E> {
        let failed =
            |_| ServerFnErrorErr::Request("it cannot be copied".to_owned()).into_app_error();
        let copy = request.clone().map_err(failed)?;
        if let Some(token) = token {
            let bearer = ["Bearer ", token].concat();
            copy.headers().set("Authorization", &bearer).map_err(failed)?;
        }
        // Its own constructors are the only way to make one.
        let mut sent: BrowserRequest =
            ClientReq::<E>::try_new_req_query("", "", "", "", http::Method::GET)?;
        *sent = Request::from(copy);
        Ok(sent)
    }

    fn failure<E: FromServerFnError>(error: &AuthError) -> E {
        ServerFnErrorErr::Request(error.to_string()).into_app_error()
    }
}
