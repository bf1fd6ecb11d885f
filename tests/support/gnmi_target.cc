#include "tests/support/gnmi_target.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <list>
#include <mutex>
#include <sstream>
#include <utility>

#include "gnmi/gnmi.grpc.pb.h"

namespace srpce::support {
namespace {

std::string Metadata(const grpc::CallbackServerContext& context, const std::string& name) {
  const auto it = context.client_metadata().find(name);
  return it == context.client_metadata().end() ? ""
                                               : std::string(it->second.data(), it->second.size());
}

std::string ReadAll(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

class GnmiTarget::Impl final : public gnmi::gNMI::CallbackService {
 public:
  explicit Impl(const GnmiTargetOptions& options) : options_(options) {
    grpc::ServerBuilder builder;
    int port = 0;
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    if (!options.certificate.empty()) {
      grpc::SslServerCredentialsOptions tls(
          options.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                    : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
      tls.pem_key_cert_pairs.push_back({options.key, options.certificate});
      tls.pem_root_certs = options.client_ca;
      credentials = grpc::SslServerCredentials(tls);
    }
    builder.AddListeningPort(options.listen, credentials, &port);
    builder.RegisterService(this);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~Impl() override {
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now());
    }
  }

  grpc::ServerBidiReactor<gnmi::SubscribeRequest, gnmi::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context) override {
    auto stream = std::make_shared<Stream>(*this);
    stream->self = stream;
    if (!options_.username.empty() && (Metadata(*context, "username") != options_.username ||
                                       Metadata(*context, "password") != options_.password)) {
      const std::lock_guard lock(mutex_);
      ++refused_;
      changed_.notify_all();
      stream->Finish(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "wrong name or password"));
      return stream.get();
    }
    stream->StartRead(&stream->request);
    return stream.get();
  }

  std::optional<gnmi::SubscribeRequest> Await(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return !waiting_.empty(); })) {
      return std::nullopt;
    }
    current_ = waiting_.front();
    waiting_.pop_front();
    return current_->request;
  }
  void Send(gnmi::SubscribeResponse response) {
    std::shared_ptr<Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      stream = current_;
    }
    if (stream != nullptr) {
      stream->Send(std::move(response));
    }
  }
  void Close(const grpc::Status& status) {
    std::shared_ptr<Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      stream = std::move(current_);
    }
    if (stream != nullptr) {
      stream->End(status);
    }
  }

  const GnmiTargetOptions options_;
  std::string address_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int subscriptions_ = 0;
  int refused_ = 0;

 private:
  struct Stream final : grpc::ServerBidiReactor<gnmi::SubscribeRequest, gnmi::SubscribeResponse> {
    explicit Stream(Impl& of) : impl(of) {}

    void OnReadDone(bool ok) override {
      if (!ok) {
        End(grpc::Status::OK);
        return;
      }
      if (!std::exchange(subscribed, true)) {
        const std::lock_guard lock(impl.mutex_);
        ++impl.subscriptions_;
        impl.waiting_.push_back(self);
        impl.changed_.notify_all();
      }
      StartRead(&ignored);
    }
    void Send(gnmi::SubscribeResponse response) {
      const std::lock_guard lock(mutex);
      queue.push_back(std::move(response));
      WriteNext();
    }
    void OnWriteDone(bool ok) override {
      bool ended = false;
      {
        const std::lock_guard lock(mutex);
        writing = false;
        queue.pop_front();
        if (ok) {
          WriteNext();
        }
        ended = !ok;
      }
      if (ended) {
        End(grpc::Status::OK);
      }
    }
    void OnCancel() override { End(grpc::Status::CANCELLED); }
    void OnDone() override {
      const std::shared_ptr<Stream> last = std::move(self);
      const std::lock_guard lock(impl.mutex_);
      impl.waiting_.remove(last);
      if (impl.current_ == last) {
        impl.current_ = nullptr;
      }
    }
    void End(const grpc::Status& status) {
      {
        const std::lock_guard lock(mutex);
        if (std::exchange(finished, true)) {
          return;
        }
      }
      Finish(status);
    }
    // REQUIRES mutex held.
    void WriteNext() {
      if (!writing && !finished && !queue.empty()) {
        writing = true;
        StartWrite(&queue.front());
      }
    }

    Impl& impl;
    std::shared_ptr<Stream> self;
    gnmi::SubscribeRequest request;
    gnmi::SubscribeRequest ignored;
    bool subscribed = false;
    std::mutex mutex;
    std::deque<gnmi::SubscribeResponse> queue;
    bool writing = false;
    bool finished = false;
  };

  std::list<std::shared_ptr<Stream>> waiting_;
  std::shared_ptr<Stream> current_;
  std::unique_ptr<grpc::Server> server_;
};

GnmiTarget::GnmiTarget(const GnmiTargetOptions& options) : impl_(std::make_unique<Impl>(options)) {}
GnmiTarget::~GnmiTarget() = default;
const std::string& GnmiTarget::address() const { return impl_->address_; }
std::optional<gnmi::SubscribeRequest> GnmiTarget::AwaitSubscription(
    std::chrono::milliseconds patience) {
  return impl_->Await(patience);
}
void GnmiTarget::Send(const gnmi::Notification& notification) {
  gnmi::SubscribeResponse response;
  *response.mutable_update() = notification;
  impl_->Send(std::move(response));
}
void GnmiTarget::SendSync() {
  gnmi::SubscribeResponse response;
  response.set_sync_response(true);
  impl_->Send(std::move(response));
}
void GnmiTarget::Close(int status_code, const std::string& message) {
  impl_->Close(grpc::Status(static_cast<grpc::StatusCode>(status_code), message));
}
int GnmiTarget::subscriptions() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->subscriptions_;
}
int GnmiTarget::refused() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->refused_;
}

// Shares no code with the plugin's parser; keys hold no brackets here.
gnmi::Path GnmiPath(const std::string& text) {
  gnmi::Path path;
  int depth = 0;
  std::string elem;
  const auto finish = [&] {
    if (elem.empty()) {
      return;
    }
    gnmi::PathElem& to = *path.add_elem();
    size_t at = elem.find('[');
    to.set_name(elem.substr(0, at));
    while (at != std::string::npos) {
      const size_t equals = elem.find('=', at);
      const size_t close = elem.find(']', at);
      (*to.mutable_key())[elem.substr(at + 1, equals - at - 1)] =
          elem.substr(equals + 1, close - equals - 1);
      at = elem.find('[', close);
    }
    elem.clear();
  };
  for (const char c : text) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == '/' && depth == 0) {
      finish();
    } else {
      elem += c;
    }
  }
  finish();
  return path;
}

gnmi::TypedValue& AddValue(gnmi::Notification& notification, const std::string& path) {
  gnmi::Update& update = *notification.add_update();
  *update.mutable_path() = GnmiPath(path);
  return *update.mutable_val();
}

void AddJson(gnmi::Notification& notification, const std::string& path, const std::string& json) {
  AddValue(notification, path).set_json_ietf_val(json);
}

TestCertificates MakeCertificates(const std::string& folder) {
  std::ofstream(folder + "/server.ext")
      << "subjectAltName=DNS:router.test\nextendedKeyUsage=serverAuth\n";
  std::ofstream(folder + "/client.ext") << "extendedKeyUsage=clientAuth\n";
  const std::string command =
      "cd '" + folder +
      "' && new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "
      "$1.key -subj /CN=$1 \"${@:2}\"; } && new ca -x509 -days 2 -out ca.pem && for n in server "
      "client; do new $n -out $n.csr && openssl x509 -req -in $n.csr -CA ca.pem -CAkey ca.key "
      "-CAcreateserial -days 2 -extfile $n.ext -out $n.pem || exit 1; done";
  std::ofstream(folder + "/make") << command << "\n";
  if (std::system(("bash '" + folder + "/make' >'" + folder + "/make.log' 2>&1").c_str()) != 0) {
    return {};
  }
  return {.ca = ReadAll(folder + "/ca.pem"),
          .server = ReadAll(folder + "/server.pem"),
          .server_key = ReadAll(folder + "/server.key"),
          .client = ReadAll(folder + "/client.pem"),
          .client_key = ReadAll(folder + "/client.key")};
}

}  // namespace srpce::support
