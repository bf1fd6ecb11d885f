// What sources say of themselves: kept by name, asked for in pages, shown as bounded metrics.
#include "daemon/services/source_reports.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "daemon/services/topology_service.h"
#include "tests/support/api_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/simulated_clock.h"

namespace srpce::services {
namespace {

using support::MetricValue;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

plugin::SourceReport OfPeer(const std::string& name, bool up) {
  plugin::SourceReport report;
  report.peers.resize(1);
  report.peers[0].name = name;
  report.peers[0].up = up;
  return report;
}

class SourceReportsTest : public testing::Test {
 protected:
  // Connects sources of these names; those that begin with "gone" disconnect.
  void Connect(const std::vector<std::string>& names) {
    std::promise<void> done;
    writer_.Submit(
        [&names](topology::TedBuilder& builder, MonotonicTime now) {
          for (const std::string& name : names) {
            const auto source =
                builder.Connect({.name = name, .hold_time = std::chrono::hours(1)}, now);
            EXPECT_TRUE(source.ok()) << source.status();
            if (name.starts_with("gone")) {
              builder.Disconnect(*source, now);
            }
          }
          return absl::OkStatus();
        },
        [&done](const absl::Status&, uint64_t) { done.set_value(); });
    done.get_future().wait();
  }
  void Put(const std::string& source, plugin::SourceReport report) {
    reports_.Put(source, std::move(report), clock_.Now());
  }

  support::SimulatedClock clock_;
  pce::TopologyWriter writer_{clock_, nullptr};
  metrics::Metrics metrics_{"test"};
  SourceReports reports_;
};

TEST_F(SourceReportsTest, TheLatestReportOfASourceIsKeptUntilItIsForgotten) {
  Connect({"a", "gone", "c"});
  EXPECT_EQ(reports_.Of("a").report, nullptr);
  Put("a", OfPeer("p1", true));
  Put("a", OfPeer("p2", true));
  Put("gone", OfPeer("p3", true));
  Put("forgotten", OfPeer("p4", true));
  EXPECT_EQ(*reports_.Of("a").report, OfPeer("p2", true));
  reports_.Forget(writer_);
  EXPECT_EQ(*reports_.Of("a").report, OfPeer("p2", true));
  EXPECT_EQ(*reports_.Of("gone").report, OfPeer("p3", true));
  EXPECT_EQ(reports_.Of("forgotten").report, nullptr);
}

// ---- Metrics ----

TEST_F(SourceReportsTest, APeerIsUpWhileItsSourceIsConnected) {
  AddSourceReportCollector(metrics_, reports_, writer_);
  Connect({"a", "gone", "silent"});
  Put("a", OfPeer("p1", true));
  Put("gone", OfPeer("p1", true));
  Put("unknown", OfPeer("p1", true));
  std::string page = metrics_.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p1\",source=\"a\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p1\",source=\"gone\"}"), 0);
  EXPECT_THAT(page, Not(HasSubstr("unknown")));
  EXPECT_THAT(page, Not(HasSubstr("silent")));
  Put("a", OfPeer("p1", false));
  page = metrics_.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p1\",source=\"a\"}"), 0);
}

TEST_F(SourceReportsTest, UnknownElementsAreCountedByKind) {
  AddSourceReportCollector(metrics_, reports_, writer_);
  Connect({"a"});
  plugin::SourceReport report;
  report.unknown.resize(3);
  report.unknown[0].kind = "TLV";
  report.unknown[0].count = 1000;
  report.unknown[1].kind = "TLV";
  report.unknown[2].kind = "malformed \"NLRI\"";
  Put("a", report);
  const std::string page = metrics_.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_source_unknown_elements{kind=\"TLV\",source=\"a\"}"), 2);
  EXPECT_EQ(MetricValue(page,
                        "srpce_source_unknown_elements{kind=\"malformed \\\"NLRI\\\"\",source="
                        "\"a\"}"),
            1);
}

// Names come from clients and their configurations: no number of them floods a scraper, and no two
// of them make one series twice, which would cost the whole page.
TEST_F(SourceReportsTest, PeersBeyondTheLimitAreOneSeriesThatIsUpIfAllAre) {
  AddSourceReportCollector(metrics_, reports_, writer_);
  Connect({"a", "b"});
  plugin::SourceReport report;
  for (size_t i = 0; i < metrics::Metrics::kMaxSourceSeries; ++i) {
    report.peers.push_back({.name = "p" + std::to_string(i), .up = true});
  }
  Put("a", report);
  Put("b", OfPeer("late", true));
  const std::string other = "srpce_source_peer_up{peer=\"other\",source=\"b\"}";
  EXPECT_EQ(MetricValue(metrics_.Scrape(), other), 1);
  plugin::SourceReport two = OfPeer("late", true);
  two.peers.push_back({.name = "later", .up = false});
  two.peers.push_back({.name = "other", .up = true});
  Put("b", two);
  const std::string page = metrics_.Scrape();
  EXPECT_EQ(MetricValue(page, other), 0);
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p1023\",source=\"a\"}"), 1);
  EXPECT_THAT(page, Not(HasSubstr("late")));
}

TEST_F(SourceReportsTest, SourcesBeyondTheLimitAreShownTogether) {
  AddSourceReportCollector(metrics_, reports_, writer_);
  std::vector<std::string> names = {"gone1"};
  for (size_t i = 0; i < metrics::Metrics::kMaxSources; ++i) {
    names.push_back("s" + std::to_string(i));
  }
  Connect(names);
  for (const std::string& name : names) {
    Put(name, OfPeer("p", true));
  }
  const std::string page = metrics_.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p\",source=\"s63\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_source_peer_up{peer=\"p\",source=\"other\"}"), 0);
  EXPECT_THAT(page, Not(HasSubstr("gone1")));
}

// ---- GetSources ----

class GetSourcesTest : public SourceReportsTest {
 protected:
  GetSourcesTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.service());
    // In process the two ends share memory in ways that ThreadSanitizer does not see are in order,
    // and it takes minutes for a large answer to find that these races are suppressed.
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    server_ = builder.BuildAndStart();
    // As clients are by default: an answer beyond 4 MiB is an error.
    stub_ = v1::TopologyService::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                             grpc::InsecureChannelCredentials()));
  }
  ~GetSourcesTest() override { server_->Shutdown(); }

  grpc::Status Get(const v1::GetSourcesRequest& request, v1::GetSourcesResponse* response) {
    return stub_->GetSources(support::MakeContext().get(), request, response);
  }
  std::vector<std::string> NamesOf(const v1::GetSourcesResponse& response) {
    std::vector<std::string> names;
    for (const v1::TopologySource& source : response.sources()) {
      names.push_back(source.name());
    }
    return names;
  }

  TopologyService service_{/*max_reads=*/1, writer_, reports_, clock_, metrics_};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::TopologyService::Stub> stub_;
};

TEST_F(GetSourcesTest, TellsEachSourceWithItsReport) {
  Connect({"silent", "gone", "bgp"});
  Put("bgp", OfPeer("rr1", true));
  Put("gone", OfPeer("rr2", true));
  clock_.Advance(std::chrono::milliseconds(1500));
  v1::GetSourcesResponse response;
  const grpc::Status status = Get({}, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_THAT(NamesOf(response), ElementsAre("bgp", "gone", "silent"));
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_TRUE(response.sources(0).connected());
  EXPECT_EQ(response.sources(0).report().peers(0).name(), "rr1");
  EXPECT_EQ(response.sources(0).seconds_since_report(), 1.5);
  EXPECT_FALSE(response.sources(1).connected());
  EXPECT_EQ(response.sources(1).report().peers(0).name(), "rr2");
  EXPECT_FALSE(response.sources(2).has_report());
  EXPECT_EQ(
      MetricValue(metrics_.Scrape(),
                  "srpce_grpc_requests_total{code=\"OK\",method=\"TopologyService/GetSources\"}"),
      1);
}

TEST_F(GetSourcesTest, TellsOnlyTheSourcesThatAreNamed) {
  Connect({"a", "b", "c"});
  v1::GetSourcesRequest request;
  request.add_names("c");
  request.add_names("a");
  request.add_names("c");
  v1::GetSourcesResponse response;
  ASSERT_TRUE(Get(request, &response).ok());
  EXPECT_THAT(NamesOf(response), ElementsAre("a", "c"));
  request.add_names("nobody");
  const grpc::Status status = Get(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "UNKNOWN_SOURCE: names: unknown source 'nobody'");
}

TEST_F(GetSourcesTest, LargeReportsComeInPagesAClientTakes) {
  Connect({"a", "b", "c", "d"});
  plugin::SourceReport large;
  large.unknown.resize(1'800);
  for (plugin::UnknownElement& element : large.unknown) {
    element.kind = "TLV";
    element.where = std::string(1'000, 'x');
  }
  Put("b", large);
  Put("c", large);
  v1::GetSourcesRequest request;
  std::vector<std::vector<std::string>> pages;
  do {
    v1::GetSourcesResponse page;
    const grpc::Status status = Get(request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    pages.push_back(NamesOf(page));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(pages, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
}

TEST_F(GetSourcesTest, WithoutSourcesThereIsAnEmptyAnswer) {
  v1::GetSourcesResponse response;
  ASSERT_TRUE(Get({}, &response).ok());
  EXPECT_THAT(NamesOf(response), IsEmpty());
}

}  // namespace
}  // namespace srpce::services
