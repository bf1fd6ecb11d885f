#include "lib/base/persistent_vector.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace srpce {
namespace {

using Vector = PersistentVector<int, 4>;  // Small pages, so that few elements cross all levels.

TEST(PersistentVectorTest, StartsEmpty) {
  const Vector vector;
  EXPECT_TRUE(vector.empty());
  EXPECT_EQ(vector.size(), 0U);
}

TEST(PersistentVectorTest, KeepsWhatIsPushed) {
  const Edit edit;
  Vector vector;
  for (int i = 0; i < 100; ++i) {
    vector.PushBack(i, edit);
  }
  ASSERT_EQ(vector.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(vector[static_cast<size_t>(i)], i);
  }
}

TEST(PersistentVectorTest, ASealedCopyDoesNotSeeLaterWrites) {
  Edit edit;
  Vector vector;
  for (int i = 0; i < 20; ++i) {
    vector.PushBack(i, edit);
  }
  const Vector copy = vector;
  edit.Seal();
  vector.Mutable(7, edit) = 70;
  vector.PushBack(20, edit);
  EXPECT_EQ(copy[7], 7);
  EXPECT_EQ(copy.size(), 20U);
  EXPECT_EQ(vector[7], 70);
  EXPECT_EQ(vector[20], 20);
}

TEST(PersistentVectorTest, DifferencesOfTwoVersionsAreTheElementsThatDiffer) {
  const auto differences = [](const Vector& a, const Vector& b) {
    std::vector<size_t> found;
    Vector::ForEachDifference(a, b, [&](size_t index) {
      found.push_back(index);
      return true;
    });
    return found;
  };
  Edit edit;
  Vector vector;
  for (int i = 0; i < 50; ++i) {
    vector.PushBack(i, edit);
  }
  const Vector copy = vector;
  EXPECT_EQ(differences(vector, copy), std::vector<size_t>());
  edit.Seal();
  vector.Mutable(0, edit) = -1;
  vector.Mutable(33, edit) = -1;
  vector.Mutable(34, edit) = 34;  // Written, but the same.
  vector.PushBack(50, edit);
  vector.PushBack(51, edit);
  EXPECT_EQ(differences(vector, copy), (std::vector<size_t>{0, 33, 50, 51}));
  EXPECT_EQ(differences(copy, vector), (std::vector<size_t>{0, 33, 50, 51}));
  EXPECT_EQ(differences(Vector(), copy).size(), 50U);
}

TEST(PersistentVectorTest, CopiesSharePagesThatWereNotWritten) {
  Edit edit;
  PersistentVector<int> vector;
  for (int i = 0; i < 10000; ++i) {
    vector.PushBack(i, edit);
  }
  const PersistentVector<int> copy = vector;
  edit.Seal();
  vector.Mutable(0, edit) = -1;
  EXPECT_NE(&vector[0], &copy[0]);
  EXPECT_NE(&vector[63], &copy[63]);
  EXPECT_EQ(&vector[64], &copy[64]);
  EXPECT_EQ(&vector[9999], &copy[9999]);
}

TEST(PersistentVectorTest, WritesInPlaceUntilSealed) {
  Edit edit;
  Vector vector;
  vector.PushBack(1, edit);
  const int* place = &vector[0];
  vector.Mutable(0, edit) = 2;
  EXPECT_EQ(&vector[0], place);
  edit.Seal();
  vector.Mutable(0, edit) = 3;
  EXPECT_NE(&vector[0], place);
}

TEST(PersistentVectorTest, OneWritersPagesAreNotAnothers) {
  const Edit first;
  const Edit second;
  Vector vector;
  vector.PushBack(1, first);
  Vector other = vector;
  other.Mutable(0, second) = 2;
  EXPECT_EQ(vector[0], 1);
}

TEST(PersistentVectorTest, AFilledVectorSharesOnePageUntilWritten) {
  const Edit edit;
  Vector vector(18, 7);  // Neither a whole leaf nor a whole middle page.
  ASSERT_EQ(vector.size(), 18U);
  EXPECT_EQ(&vector[0], &vector[16]);
  vector.Mutable(1, edit) = 8;
  vector.PushBack(9, edit);
  for (size_t i = 0; i < 18; ++i) {
    EXPECT_EQ(vector[i], i == 1 ? 8 : 7);
  }
  EXPECT_EQ(vector[18], 9);
}

// Random pushes and writes with copies kept on the way, against std::vector.
TEST(PersistentVectorTest, RandomCopiesNeverChange) {
  const char* text = std::getenv("SRPCE_TEST_SEED");
  const auto seed = static_cast<uint32_t>(text != nullptr ? std::strtoul(text, nullptr, 10) : 11);
  SCOPED_TRACE("SRPCE_TEST_SEED=" + std::to_string(seed));
  std::mt19937 rng(seed);
  Edit edit;
  Vector vector;
  std::vector<int> model;
  std::vector<std::pair<Vector, std::vector<int>>> copies;
  for (int step = 0; step < 5000; ++step) {
    const auto value = static_cast<int>(rng() % 1000);
    if (model.empty() || rng() % 4 == 0) {
      vector.PushBack(value, edit);
      model.push_back(value);
    } else {
      const size_t at = rng() % model.size();
      vector.Mutable(at, edit) = value;
      model[at] = value;
    }
    if (rng() % 50 == 0) {
      copies.emplace_back(vector, model);
      edit.Seal();
    }
  }
  copies.emplace_back(vector, model);
  for (const auto& [copy, want] : copies) {
    ASSERT_EQ(copy.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) {
      ASSERT_EQ(copy[i], want[i]);
    }
  }
}

}  // namespace
}  // namespace srpce
